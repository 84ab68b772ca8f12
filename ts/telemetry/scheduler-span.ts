import type { Job } from '../job';
import type { JobTelemetryOptions } from '../options/job-options';
import { SpanKind, TelemetryAttributes } from './names';
import type { Tracing } from './tracing';

/** A scheduler that is created or replaced. */
interface TracedScheduler {
  id: string;
  /** Name of its jobs. */
  name: string;
  /** How its jobs are traced. */
  telemetry: JobTelemetryOptions | undefined;
}

/** Traces the adding of a scheduler's next job, which carries the span's context unless its template says otherwise. */
export function traceScheduler<T extends Job | undefined>(
  tracing: Tracing | undefined,
  { id, name, telemetry }: TracedScheduler,
  upsert: (traceContext: string | undefined) => Promise<T>,
): Promise<T> {
  if (!tracing) {
    return upsert(undefined);
  }
  const request = {
    operation: 'add',
    destination: `${tracing.queueName}.${name}`,
    kind: SpanKind.PRODUCER,
    attributes: { [TelemetryAttributes.JobSchedulerId]: id },
  };
  const carries = !telemetry?.omitContext && !telemetry?.metadata;
  return tracing.run(request, async (span) => {
    const job = await upsert(carries ? span && tracing.guard(() => span.metadata) : undefined);
    tracing.guard(() => span?.set({ [TelemetryAttributes.JobId]: job?.id }));
    return job;
  });
}
