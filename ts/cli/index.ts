#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Command, CommanderError } from 'commander';

import { addAdd } from './commands/add';
import { addBench } from './commands/bench';
import { addClean } from './commands/clean';
import { addDoctor } from './commands/doctor';
import { addDrain } from './commands/drain';
import { addJob } from './commands/job';
import { addPausing } from './commands/pausing';
import { addRetry } from './commands/retry';
import { addStats } from './commands/stats';
import { addWorker } from './commands/worker';
import { ConfigurationError } from '../environment/configuration-error';
import { NotConfirmedError } from './confirmation';
import { printVapidKeys } from './vapid-keys';
import { visible } from '../visible';

const EXIT_FAILURE = 1;
const EXIT_CONFIGURATION = 2;

const HELP = `
Exit codes:
  0  done
  1  failed, or a problem was found
  2  the command, an option or a variable cannot work

Examples:
  $ synapse-queue worker                              work on the built-in queues
  $ synapse-queue stats                               watch all queues
  $ synapse-queue doctor                              is anything wrong?
  $ synapse-queue job 17 --queue email                why did job 17 fail?
  $ synapse-queue retry --queue email                 run the failed jobs again

Each command explains itself: synapse-queue <command> --help`;

function program(): Command {
  const root = new Command('synapse-queue').description('Background workers on Redis').version(ownVersion());
  // Inherited by the commands that are added below.
  root.exitOverride().configureOutput({
    outputError: (text, write) => {
      write(text.replace(/^error: /, 'synapse-queue: '));
    },
  });
  addWorker(root);
  for (const add of [addStats, addDoctor, addJob, addAdd, addRetry, addPausing, addDrain, addClean, addBench]) {
    add(root);
  }
  root.command('vapid').description('print a new key pair for push notifications').action(printVapidKeys);
  return root.addHelpText('after', HELP);
}

function ownVersion(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The exit code for what ended a command; says in one line what it was, if that is enough. */
function exitCode(error: unknown): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? 0 : EXIT_CONFIGURATION;
  }
  const isExpected = error instanceof Error && isForUsers(error);
  if (isExpected) {
    process.stderr.write(`synapse-queue: ${visible(error.message)}\n`);
  } else {
    console.error(error);
  }
  return error instanceof ConfigurationError ? EXIT_CONFIGURATION : EXIT_FAILURE;
}

/** Whether the message tells users all they need: the program's own errors, those of the engine and of connections have a code. */
function isForUsers(error: Error): boolean {
  return (
    error instanceof ConfigurationError ||
    error instanceof NotConfirmedError ||
    (error as { code?: unknown }).code !== undefined
  );
}

program()
  .parseAsync()
  .catch((error: unknown) => {
    process.exit(exitCode(error));
  });
