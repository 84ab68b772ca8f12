import type { Command } from 'commander';

import type { JobState } from '../../types';
import { confirm } from '../confirmation';
import { jobCount } from '../job-count';
import { Output } from '../output';
import { followed } from '../progress';
import { withQueues, type QueueAccess } from '../queue-access';
import { commonOptions, confirmed, oneQueue, type ConfirmedOptions } from './common-options';

interface DrainOptions extends ConfirmedOptions {
  delayed?: boolean;
}

/** `synapse-queue drain` */
export function addDrain(program: Command): void {
  const command = program
    .command('drain')
    .description('remove all jobs that wait for a worker; those that run, and those of schedulers, stay')
    .option('--delayed', 'remove delayed jobs as well');
  commonOptions(confirmed(oneQueue(command)), ['drain --queue email', 'drain --queue email --delayed --yes']);
  command.action((options: DrainOptions) => withQueues(options, (access) => drain(access, options)));
}

async function drain(access: QueueAccess, { queue: name, delayed = false, yes, json }: DrainOptions): Promise<void> {
  const queue = access.queue(name);
  const states: JobState[] = ['waiting', 'prioritized', ...(delayed ? (['delayed'] as const) : [])];
  const left = () => queue.getJobCountByTypes(...states);
  const total = await left();
  let removed = 0;
  if (total > 0) {
    await confirm(`remove ${jobCount(total)} of ${name}`, yes);
    await followed({ what: 'draining', total, left }, queue.drain(delayed));
    removed = Math.max(0, total - (await left()));
  }
  new Output(json).show({ removed }, (result) => `Removed: ${jobCount(result.removed)}.`);
}
