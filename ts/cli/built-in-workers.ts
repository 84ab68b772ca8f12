import { ConnectionClosedError } from '../errors';
import type { ProcessorMap } from '../processor-map';
import { BUILT_IN_QUEUES, type QueueName } from '../queue-names';
import { Worker } from '../worker';
import { openBuiltInProcessors } from './built-in-processors';
import { ConfigurationError } from '../environment/configuration-error';
import { logJobs } from './job-lines';
import type { Log } from './log';
import { reportOf } from './settings-report';
import { drainOnSignal } from './shutdown';
import type { WorkerSettings } from './worker-settings';

/** How long Redis may be silent at start before the log says so, ms. */
const SILENCE_MS = 5000;

/** Works on the built-in queues until the process is asked to stop. */
export async function runBuiltInWorkers(settings: WorkerSettings, log: Log): Promise<void> {
  for (const [name, value] of Object.entries(reportOf(settings))) {
    log.info(`${name}=${value}`, { event: 'setting', name, value });
  }
  for (const note of settings.notes) {
    log.info(note, { event: 'note' });
  }
  const { processors, warnings, close } = await openBuiltInProcessors(settings);
  for (const warning of warnings) {
    log.warn(warning, { event: 'warning' });
  }
  const workers = settings.queues.map((queue) => openWorker(queue, processors, settings));
  logJobs(workers, log);
  drainOnSignal({ workers: () => workers, release: close, timeoutMs: settings.shutdownTimeoutMs, log });
  if (!(await becomeReady(workers, log))) {
    return;
  }
  const queues = workers.map((worker) => `${worker.name} (${worker.concurrency} at once)`).join(', ');
  log.info(`🚀 Worker: started on ${queues}`, { event: 'started', queues: settings.queues, pid: process.pid });
}

function openWorker(queue: QueueName, native: ProcessorMap, settings: WorkerSettings): Worker {
  const { jobTypes, worker } = BUILT_IN_QUEUES[queue];
  const processors = Object.fromEntries(jobTypes.flatMap((type) => (native[type] ? [[type, native[type]]] : [])));
  const { lockDurationMs: lockDuration, stalledIntervalMs: stalledInterval } = settings;
  return new Worker(queue, processors, {
    ...worker,
    connection: settings.redis,
    prefix: settings.prefix,
    ...(lockDuration !== undefined && { lockDuration }),
    ...(stalledInterval !== undefined && { stalledInterval }),
  });
}

/**
 * Waits for Redis; `false` if the process was asked to stop before it came.
 *
 * @throws `ConfigurationError` if Redis answers, but not as it should.
 */
async function becomeReady(workers: readonly Worker[], log: Log): Promise<boolean> {
  const silence = setTimeout(() => {
    log.warn('Worker: no answer from Redis yet, still trying', { event: 'waiting' });
  }, SILENCE_MS);
  try {
    await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    return true;
  } catch (error) {
    if (error instanceof ConnectionClosedError) {
      return false;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`REDIS_URL or REDIS_HOST, REDIS_PORT and REDIS_PASSWORD do not fit: ${reason}`, {
      cause: error,
    });
  } finally {
    clearTimeout(silence);
  }
}
