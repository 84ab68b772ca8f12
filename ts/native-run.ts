import { DelayedError, UnrecoverableError } from './control-flow';
import type { Job } from './job';
import { JobFields } from './job-fields';
import { writeLogLine } from './log-line';
import { NativeRun, type NativeProcessor } from './native';
import { toJobProcessor, type NativeJobProcessor } from './processor-map';
import type { LogLevel } from './worker-listener';

/** Makes the processor of a native handle, to be called from a user's function as well. */
export function processorOf<Data, Result>(handle: NativeProcessor): NativeJobProcessor<Data, Result> {
  return toJobProcessor<Data, Result>(handle, (job, token, signal) => runJob<Data, Result>(handle, job, token, signal));
}

/** Runs a native processor for a job that JavaScript holds: progress, ledger and log lines go where the job's queue leads. */
async function runJob<Data, Result>(
  handle: NativeProcessor,
  job: Job<Data, Result>,
  token?: string,
  signal?: AbortSignal,
): Promise<Result> {
  const run = new NativeRun(handle, JobFields.queueOf(job).native, nativeJob(job), (kind, text) => {
    notify(job, kind, text);
  });
  const onAbort = () => {
    run.cancel();
  };
  if (signal?.aborted) {
    onAbort();
  }
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await endOf<Result>(run, job as Job, token);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function nativeJob(job: Job): ConstructorParameters<typeof NativeRun>[2] {
  const { id = '', name, timestamp, attemptsMade } = job;
  return { id, name, data: JSON.stringify(job.data), timestamp, attemptsMade };
}

function notify(job: Job, kind: string, text: string): void {
  if (kind === 'progress') {
    job.progress = JSON.parse(text) as number;
    JobFields.queueOf(job).emit('progress', job, job.progress);
  } else if (!JobFields.queueOf(job).emit('log', job, text, kind)) {
    writeLogLine(kind as LogLevel, text);
  }
}

async function endOf<Result>(run: NativeRun, job: Job, token: string | undefined): Promise<Result> {
  const { returnvalue, failure, delayedUntil } = await run.run();
  if (failure) {
    const error =
      failure.name === 'UnrecoverableError' ? new UnrecoverableError(failure.message) : new Error(failure.message);
    throw Object.assign(error, { code: failure.code, retryAfter: failure.retryAfter });
  }
  if (typeof delayedUntil === 'number') {
    await job.moveToDelayed(delayedUntil, token ?? job.token);
    throw new DelayedError();
  }
  return JSON.parse(returnvalue ?? 'null') as Result;
}
