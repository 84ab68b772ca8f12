import type { Command } from 'commander';

import { JobMissingError } from '../../errors';
import type { Job } from '../../job';
import type { Queue } from '../../queue';
import { Output } from '../output';
import { withQueues } from '../queue-access';
import { visible } from '../../visible';
import { commonOptions, oneQueue, type QueueCommandOptions } from './common-options';

/** A job with where it is and its log. */
interface JobReport {
  state: string;
  job: Record<string, unknown>;
  logs: string[];
}

/** `synapse-queue job` */
export function addJob(program: Command): void {
  const command = program
    .command('job')
    .description('show a job: state, data, options, attempts, result or failure, log');
  command.argument('<id>', 'the id of the job');
  commonOptions(oneQueue(command), ['job 17 --queue email', 'job 17 --queue email --json | jq .job.failedReason']);
  command.action((id: string, options: QueueCommandOptions) =>
    withQueues(options, async (access) => {
      new Output(options.json).show(await read(access.queue(options.queue), id), describe);
    }),
  );
}

async function read(queue: Queue, id: string): Promise<JobReport> {
  const job = await queue.getJob(id);
  if (job === undefined) {
    throw new JobMissingError(`there is no job ${id} in queue ${queue.name}`);
  }
  const [state, { logs }] = await Promise.all([job.getState(), queue.getJobLogs(id)]);
  return { state, job: reported(job), logs };
}

function reported(job: Job): Record<string, unknown> {
  return job.toJSON() as unknown as Record<string, unknown>;
}

/** Times, as people read them. */
const TIMES = ['timestamp', 'processedOn', 'finishedOn'];

function describe({ state, job, logs }: JobReport): string {
  const { id, name, stacktrace, ...rest } = job;
  const lines = [`${visible(String(name))} ${String(id)}: ${state}`];
  for (const [field, value] of Object.entries(rest)) {
    if (value !== undefined && value !== null && value !== '') {
      lines.push(`  ${field}: ${shown(field, value)}`);
    }
  }
  const [newest] = ((stacktrace ?? []) as string[]).slice(-1);
  if (newest !== undefined) {
    lines.push('  stacktrace:', ...newest.split('\n').map((row) => `    ${visible(row.trim())}`));
  }
  if (logs.length > 0) {
    lines.push('  log:', ...logs.map((row) => `    ${visible(row)}`));
  }
  return lines.join('\n');
}

function shown(field: string, value: unknown): string {
  if (TIMES.includes(field) && typeof value === 'number') {
    return new Date(value).toISOString();
  }
  return visible(typeof value === 'string' ? value : JSON.stringify(value));
}
