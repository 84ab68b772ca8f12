import type { Command } from 'commander';

import { runBuiltInWorkers } from '../built-in-workers';
import { processEnvironment } from '../../environment/environment';
import { openHealthEndpoints } from '../health-endpoints';
import { Log, type LogSettings } from '../log';
import { runUserWorker } from '../user-worker';
import { readProcessSettings, readWorkerSettings } from '../worker-settings';

const HELP = `
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
  HEALTH_PORT                  port of /healthz, /readyz and /metrics; none without it
  HEALTH_HOST                  IP address they are served on, default 127.0.0.1
  DATABASE_URL                 postgresql:, mysql: or sqlite: URL of subscriptions and files
  STORAGE_URL                  file: or s3: URL of uploads and results, default file:./public
  PUBLIC_BASE_URL              what stands before a result's path in its public URL
  IMAGE_DECODERS               fastest (default), or memory-safe: no C code sees uploads
  VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, VAPID_SUBJECT   identity for push services
  PUSH_ALLOW_PRIVATE_NETWORK   true to let push services have private addresses
  SMTP_URL                     smtp:// or smtps:// URL of the mail relay
  EMAIL_FROM                   sender of messages that name none
  NODE_EXTRA_CA_CERTS          PEM file of authorities to trust beside the web's
  LOG_LEVEL                    error, warn, info (default) or debug
  LOG_FORMAT                   text (default) or json

Examples:
  $ REDIS_URL=redis://127.0.0.1:6379 synapse-queue worker
  $ HEALTH_PORT=9090 synapse-queue worker ./worker.js`;

/** `synapse-queue worker` */
export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('work on the built-in queues with native processors, or run a file that opens workers of your own')
    .argument('[file]', 'JavaScript, or TypeScript where Node can run it')
    .addHelpText('after', HELP)
    .action(runWorker);
}

async function runWorker(file: string | undefined): Promise<void> {
  const environment = processEnvironment();
  if (file === undefined) {
    const settings = readWorkerSettings(environment);
    const log = openLog(settings.log);
    await openHealthEndpoints(settings.health, log);
    await runBuiltInWorkers(settings, log);
  } else {
    const settings = readProcessSettings(environment);
    const log = openLog(settings.log);
    await openHealthEndpoints(settings.health, log);
    await runUserWorker(file, settings, log);
  }
}

function openLog(settings: LogSettings): Log {
  // A reader of the log that goes away must not take the worker with it.
  process.stdout.on('error', () => undefined);
  return new Log(settings, (line) => process.stdout.write(line));
}
