import type { BulkJob } from '../job';
import type { JobsOptions } from '../options/job-options';

/** The options of a job that `add` adds: they carry the span's context unless the job leaves it out. */
export function carryingContext(opts: JobsOptions | undefined, metadata: string): JobsOptions {
  const own = opts?.telemetry;
  return own?.omitContext ? { ...opts } : { ...opts, telemetry: { ...own, metadata } };
}

/** The same for jobs that are added in bulk, where a context of the job's own stays. */
export function bulkCarryingContext<Data, Name extends string>(
  jobs: BulkJob<Data, Name>[],
  metadata: string,
): BulkJob<Data, Name>[] {
  return jobs.map((job) => ({ ...job, opts: bulkOptionsCarrying(job.opts, metadata) }));
}

/** The options of one of several jobs: a context of its own stays. */
export function bulkOptionsCarrying(opts: JobsOptions | undefined, metadata: string): JobsOptions {
  return opts?.telemetry?.metadata ? opts : carryingContext(opts, metadata);
}
