import { text } from 'node:stream/consumers';

import type { Command } from 'commander';

import type { JobsOptions } from '../../options/job-options';
import { ConfigurationError } from '../../environment/configuration-error';
import { parseDuration, wholeNumber } from '../durations';
import { Output } from '../output';
import { withQueues } from '../queue-access';
import { commonOptions, oneQueue, type QueueCommandOptions } from './common-options';

interface AddOptions extends QueueCommandOptions {
  delay?: number;
  attempts?: number;
  priority?: number;
  jobId?: string;
}

/** What stands for standard input. */
const STDIN = '-';

/** `synapse-queue add` */
export function addAdd(program: Command): void {
  const command = program
    .command('add')
    .description('add a job')
    .argument('<name>', 'what kind of job')
    .argument('[data]', 'its data as JSON, or - to read it from standard input', '{}')
    .option('--delay <time>', 'run it only after this time: 30s, 15m, 2h', parseDuration)
    .option('--attempts <count>', 'how often it may be tried', wholeNumber(1))
    .option('--priority <number>', 'after all jobs without one; 1 is the most urgent', wholeNumber(0))
    .option('--job-id <id>', 'an id of your own: the same id is added once');
  commonOptions(oneQueue(command), [
    `add --queue email send-email '{"to":"ann@example.com","subject":"Hello","body":"<p>Hello</p>"}'`,
    'add --queue file-processing process-image - --attempts 3 < job.json',
  ]);
  command.action((name: string, data: string, options: AddOptions) => add(name, data, options));
}

async function add(name: string, source: string, options: AddOptions): Promise<void> {
  const data = parse(source === STDIN ? await text(process.stdin) : source);
  await withQueues(options, async (access) => {
    const job = await access.queue(options.queue).add(name, data, jobOptions(options));
    const { id, queueName } = job;
    new Output(options.json).show({ id, name, queue: queueName }, () => `Job ${String(id)} added to ${queueName}.`);
  });
}

function jobOptions({ delay, attempts, priority, jobId }: AddOptions): JobsOptions {
  return {
    ...(delay !== undefined && { delay }),
    ...(attempts !== undefined && { attempts }),
    ...(priority !== undefined && { priority }),
    ...(jobId !== undefined && { jobId }),
  };
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch (error) {
    throw new ConfigurationError(`the data is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
