import type { Command } from 'commander';

/** What every command on queues is told. */
export interface CommonOptions {
  redis?: string;
  prefix?: string;
  json?: boolean;
}

/** What a command on one queue is told. */
export interface QueueCommandOptions extends CommonOptions {
  queue: string;
}

/** What a command that removes or repeats jobs is told. */
export interface ConfirmedOptions extends QueueCommandOptions {
  yes?: boolean;
}

/** Adds what every command on queues takes, and examples below its help. */
export function commonOptions(command: Command, examples: readonly string[]): Command {
  return command
    .option('--redis <url>', 'redis://, rediss:// or unix:// URL; default REDIS_URL, or 127.0.0.1:6379')
    .option('--prefix <prefix>', 'first part of all keys; default QUEUE_PREFIX, or bull')
    .option('--json', 'print one JSON value instead of text')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ synapse-queue ${example}`).join('\n')}`);
}

/** Adds the one queue that a command works on. */
export function oneQueue(command: Command): Command {
  return command.requiredOption('-q, --queue <name>', 'the queue');
}

/** Adds the way past the question that a command would ask. */
export function confirmed(command: Command): Command {
  return command.option('-y, --yes', 'do not ask');
}
