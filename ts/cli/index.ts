#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Command } from 'commander';

import { runBuiltInWorkers } from './built-in-workers';
import { ConfigurationError } from './configuration-error';
import { Environment } from './environment';
import { Log, type LogSettings } from './log';
import { runUserWorker } from './user-worker';
import { printVapidKeys } from './vapid-keys';
import { readProcessSettings, readWorkerSettings } from './worker-settings';

const EXIT_FAILURE = 1;
const EXIT_CONFIGURATION = 2;

const WORKER_HELP = `
Environment:
  REDIS_URL                    redis://, rediss:// or unix:// URL; or
  REDIS_HOST, REDIS_PORT, REDIS_PASSWORD   default 127.0.0.1:6379
  QUEUE_PREFIX                 first part of all keys, default bull
  WORKER_QUEUES                queues to work on, between commas; default
                               push-notifications,file-processing and, with
                               SMTP_URL, email
  WORKER_SHUTDOWN_TIMEOUT_MS   how long running jobs may go on after SIGTERM, default 30000
  WORKER_LOCK_DURATION_MS      how long a job outlives its worker, default 30000
  WORKER_STALLED_INTERVAL_MS   interval of checks for such jobs, default 30000
  DATABASE_URL                 postgresql:, mysql: or sqlite: URL of subscriptions and files
  STORAGE_URL                  file: or s3: URL of uploads and results, default file:./public
  PUBLIC_BASE_URL              what stands before a result's path in its public URL
  VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, VAPID_SUBJECT   identity for push services
  PUSH_ALLOW_PRIVATE_NETWORK   true to let push services have private addresses
  SMTP_URL                     smtp:// or smtps:// URL of the mail relay
  EMAIL_FROM                   sender of messages that name none
  NODE_EXTRA_CA_CERTS          PEM file of authorities to trust beside the web's
  LOG_LEVEL                    error, warn, info (default) or debug
  LOG_FORMAT                   text (default) or json`;

async function main(): Promise<void> {
  const program = new Command('synapse-queue').description('Background workers on Redis').version(ownVersion());
  program
    .command('worker')
    .description('work on the built-in queues with native processors, or run a file that opens workers of your own')
    .argument('[file]', 'JavaScript, or TypeScript where Node can run it')
    .addHelpText('after', WORKER_HELP)
    .action(async (file?: string) => runWorker(file));
  program.command('vapid').description('print a new key pair for push notifications').action(printVapidKeys);
  await program.parseAsync();
}

async function runWorker(file: string | undefined): Promise<void> {
  const environment = new Environment(process.env);
  if (file === undefined) {
    const settings = readWorkerSettings(environment);
    await runBuiltInWorkers(settings, openLog(settings.log));
  } else {
    const settings = readProcessSettings(environment);
    await runUserWorker(file, settings, openLog(settings.log));
  }
}

function openLog(settings: LogSettings): Log {
  // A reader of the log that goes away must not take the worker with it.
  process.stdout.on('error', () => undefined);
  return new Log(settings, (line) => process.stdout.write(line));
}

function ownVersion(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

main().catch((error: unknown) => {
  if (error instanceof ConfigurationError) {
    process.stderr.write(`synapse-queue: ${error.message}\n`);
    process.exit(EXIT_CONFIGURATION);
  }
  console.error(error);
  process.exit(EXIT_FAILURE);
});
