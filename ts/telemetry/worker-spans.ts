import type { JobProgress } from '../types';
import type { Worker } from '../worker';
import type { WorkerLoop } from '../worker-loop';
import { TelemetryAttributes } from './names';
import { traceMethods, type SpanRules } from './traced-methods';
import { TracedWorkerLoop } from './traced-worker-loop';
import type { Tracing } from './tracing';

/** How the methods of a worker are traced; its jobs are by the traced loop. */
const WORKER_SPANS: SpanRules<Worker> = {
  pause: { attributes: ([doNotWaitActive]) => ({ [TelemetryAttributes.WorkerDoNotWaitActive]: doNotWaitActive }) },
  resume: {},
  rateLimit: { attributes: ([expireTimeMs]) => ({ [TelemetryAttributes.WorkerRateLimit]: expireTimeMs }) },
  close: { attributes: ([how = false]) => ({ [TelemetryAttributes.WorkerForceClose]: how === true }) },
  getNextJob: {
    attributes: ([, { block = true } = {}]) => ({ [TelemetryAttributes.WorkerOptions]: JSON.stringify({ block }) }),
    metadata: (job) => job?.opts.telemetry?.metadata,
    results: (job) => ({ [TelemetryAttributes.JobId]: job?.id }),
  },
};

/** Traces a worker's methods and makes the loop that traces its jobs. */
export function traceWorker<Data, Result, Name extends string, Progress extends JobProgress>(
  worker: Worker<Data, Result, Name, Progress>,
  tracing: Tracing,
  loop: ConstructorParameters<typeof WorkerLoop<Data, Result, Name, Progress>>,
): WorkerLoop<Data, Result, Name, Progress> {
  const { name } = worker.opts;
  const attributes = {
    [TelemetryAttributes.WorkerId]: worker.id,
    ...(name !== undefined && { [TelemetryAttributes.WorkerName]: name }),
  };
  traceMethods(worker, { ...WORKER_SPANS }, tracing, attributes);
  return new TracedWorkerLoop({ tracing, attributes }, ...loop);
}
