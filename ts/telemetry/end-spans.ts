import type { MeasuredJob, MeasuredState } from './measurements';
import { TelemetryAttributes } from './names';
import type { OpenSpan } from './open-span';
import type { Tracing } from './tracing';

/** What became of an attempt that failed. */
export type FailedState = Extract<MeasuredState, 'failed' | 'delayed' | 'retried'>;

const OPERATIONS: Record<FailedState, string> = { failed: 'fail', delayed: 'delay', retried: 'retry' };

/** A job whose end is traced. */
export interface EndedJob extends MeasuredJob {
  readonly id?: string;
  readonly finishedOn?: number;
  readonly delay: number;
}

/** Starts the span of recording in Redis that a job completed. */
export function startComplete(tracing: Tracing, job: EndedJob): OpenSpan {
  return tracing.start({ operation: 'complete', attributes: attributesOf(job) });
}

/** The span of recording that an attempt failed. It has no length: what becomes of the job is known only afterwards. */
export function noteFailure(tracing: Tracing, job: EndedJob, state: FailedState): void {
  tracing.start({ operation: OPERATIONS[state], attributes: attributesOf(job) }).end();
}

/** Measures what a processor has done with its job. */
export function measureMove(tracing: Tracing | undefined, job: EndedJob, state: MeasuredState): void {
  tracing?.guard(() => tracing.measurements?.ended(job, state));
}

/** Traces the end of a job by hand. */
export async function traceEnd<T>(
  tracing: Tracing,
  job: EndedJob,
  outcome: 'completed' | 'failed',
  end: () => Promise<T>,
): Promise<T> {
  if (outcome === 'completed') {
    const next = await tracing.run({ operation: 'complete', attributes: attributesOf(job) }, end);
    tracing.guard(() => tracing.measurements?.ended(job, 'completed'));
    return next;
  }
  const next = await end();
  const state = job.finishedOn !== undefined ? 'failed' : job.delay > 0 ? 'delayed' : 'retried';
  tracing.guard(() => {
    noteFailure(tracing, job, state);
    tracing.measurements?.ended(job, state);
  });
  return next;
}

function attributesOf({ name, id }: EndedJob): Record<string, string | undefined> {
  return { [TelemetryAttributes.JobName]: name, [TelemetryAttributes.JobId]: id };
}
