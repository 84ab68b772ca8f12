import type { Job } from '../job';
import type { LogMeta } from '../logger';
import { RepeatedLines } from '../repeated-lines';
import type { Worker } from '../worker';
import type { Log } from './log';

/** Writes one line for everything that happens to the jobs of some workers. Payloads are never written. */
export function logJobs(workers: readonly Worker[], log: Log): void {
  const repeated = new RepeatedLines();
  for (const worker of workers) {
    logJobsOf(worker, log);
    worker.on('error', (error) => {
      const message = `Worker: ${error.message}`;
      const { code } = error as { code?: unknown };
      // One lost connection fails for every worker and with every attempt to open it again.
      if (!isOfConnection(code) || repeated.isNews(message)) {
        log.error(message, { event: 'error', queue: worker.name, code });
      }
    });
  }
}

function logJobsOf(worker: Worker, log: Log): void {
  const fields = (event: string, job?: Job): LogMeta => ({
    event,
    queue: worker.name,
    ...(job && { jobId: job.id, jobName: job.name, attemptsMade: job.attemptsMade }),
  });
  worker.on('active', (job) => {
    log.info(`🔄 Worker: Processing job ${idOf(job)} of type ${job.name}`, fields('active', job));
  });
  worker.on('log', (job, message, level) => {
    log[level](message, fields('log', job));
  });
  worker.on('completed', (job) => {
    log.info(`✅ Job ${idOf(job)} completed`, fields('completed', job));
  });
  worker.on('failed', (job, error) => {
    const { code } = error as { code?: unknown };
    const isFinal = job?.finishedOn !== undefined;
    log.error(`❌ Job ${idOf(job)} failed: ${error.message}`, { ...fields('failed', job), code, isFinal });
  });
  worker.on('stalled', (jobId) => {
    log.warn(`Job ${jobId} lost its worker and waits for another`, { ...fields('stalled'), jobId });
  });
}

/** Codes of Node's system errors; the codes of job errors are numbers. */
function isOfConnection(code: unknown): boolean {
  return typeof code === 'string' && /^E[A-Z]+$/.test(code);
}

function idOf(job: Job | undefined): string {
  return job?.id ?? 'unknown';
}
