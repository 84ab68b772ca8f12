import { Argument, Option, type Command } from 'commander';

import { JobMissingError } from '../../errors';
import type { FinishedStatus } from '../../types';
import { confirm } from '../confirmation';
import { jobCount } from '../job-count';
import { Output } from '../output';
import { followed } from '../progress';
import { withQueues, type QueueAccess } from '../queue-access';
import { commonOptions, confirmed, oneQueue, type ConfirmedOptions } from './common-options';

interface RetryOptions extends ConfirmedOptions {
  state: FinishedStatus;
}

/** `synapse-queue retry` */
export function addRetry(program: Command): void {
  const command = program
    .command('retry')
    .description('run failed jobs again: those named, or all of them')
    .addArgument(new Argument('[ids...]', 'ids of jobs; default: all failed jobs'))
    .addOption(
      new Option('--state <state>', 'run completed jobs again instead')
        .choices(['failed', 'completed'])
        .default('failed'),
    );
  commonOptions(confirmed(oneQueue(command)), ['retry --queue email 17 18', 'retry --queue email --yes']);
  command.action((ids: string[], options: RetryOptions) =>
    withQueues(options, (access) => (ids.length > 0 ? retryNamed(access, ids, options) : retryAll(access, options))),
  );
}

async function retryNamed(
  access: QueueAccess,
  ids: string[],
  { queue: name, state, json }: RetryOptions,
): Promise<void> {
  const queue = access.queue(name);
  for (const id of ids) {
    const job = await queue.getJob(id);
    if (job === undefined) {
      throw new JobMissingError(`there is no job ${id} in queue ${name}`);
    }
    await job.retry(state);
  }
  new Output(json).show({ retried: ids.length }, ({ retried }) => `Run again: ${jobCount(retried)}.`);
}

async function retryAll(access: QueueAccess, { queue: name, state, yes, json }: RetryOptions): Promise<void> {
  const queue = access.queue(name);
  const left = () => queue.getJobCountByTypes(state);
  const total = await left();
  if (total > 0) {
    await confirm(`run ${jobCount(total, state)} of ${name} again`, yes);
    await followed({ what: 'retrying', total, left }, queue.retryJobs({ state }));
  }
  new Output(json).show({ retried: total }, ({ retried }) => `Run again: ${jobCount(retried)}.`);
}
