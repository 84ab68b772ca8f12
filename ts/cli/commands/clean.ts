import { Option, type Command } from 'commander';

import type { Queue } from '../../queue';
import type { CleanableType, JobType } from '../../types';
import { confirm } from '../confirmation';
import { durationText, parseDuration, wholeNumber } from '../durations';
import { jobCount } from '../job-count';
import { Output } from '../output';
import { Progress } from '../progress';
import { withQueues, type QueueAccess } from '../queue-access';
import { commonOptions, confirmed, oneQueue, type ConfirmedOptions } from './common-options';

interface CleanOptions extends ConfirmedOptions {
  state: CleanableType & JobType;
  grace: number;
  limit: number;
}

const STATES = ['completed', 'failed', 'waiting', 'prioritized', 'delayed', 'active', 'paused'];
/** Jobs removed per call, so that the progress can be shown. */
const PAGE = 10_000;

/** `synapse-queue clean` */
export function addClean(program: Command): void {
  const command = program
    .command('clean')
    .description('remove jobs of one state that are older than a given age')
    .addOption(new Option('--state <state>', 'which jobs').choices(STATES).default('completed'))
    .option('--grace <time>', 'spare jobs younger than this: 30s, 15m, 2h, 7d', parseDuration, 0)
    .option('--limit <count>', 'remove at most so many; 0 for all', wholeNumber(0), 0);
  commonOptions(confirmed(oneQueue(command)), [
    'clean --queue email --grace 7d',
    'clean --queue email --state failed --grace 30d --limit 1000 --yes',
  ]);
  command.action((options: CleanOptions) => withQueues(options, (access) => clean(access, options)));
}

async function clean(access: QueueAccess, options: CleanOptions): Promise<void> {
  const queue = access.queue(options.queue);
  const count = await queue.getJobCountByTypes(options.state);
  const total = options.limit > 0 ? Math.min(count, options.limit) : count;
  let removed = 0;
  if (total > 0) {
    const age = options.grace > 0 ? ` that are older than ${durationText(options.grace)}` : '';
    await confirm(`remove up to ${jobCount(total, options.state)} of ${options.queue}${age}`, options.yes);
    removed = await removePages(queue, total, options);
  }
  new Output(options.json).show({ removed }, (result) => `Removed: ${jobCount(result.removed)}.`);
}

async function removePages(queue: Queue, total: number, { grace, state }: CleanOptions): Promise<number> {
  const progress = new Progress('cleaning', total);
  let removed = 0;
  try {
    for (;;) {
      const page = Math.min(PAGE, total - removed);
      const ids = page > 0 ? await queue.clean(grace, page, state) : [];
      removed += ids.length;
      progress.reached(removed);
      if (ids.length < page || page === 0) {
        return removed;
      }
    }
  } finally {
    progress.end();
  }
}
