/** How long finished jobs are kept: by number, by age, or both. */
export interface KeepJobs {
  /** Keep at most this many, the newest. */
  count?: number | undefined;
  /** Keep for this long, s. */
  age?: number | undefined;
  /** Remove at most this many by age at a time. Default 1000. */
  limit?: number | undefined;
}

/** Delay between attempts. */
export interface BackoffOptions {
  /** `fixed`, `exponential`, or a name for the worker's `settings.backoffStrategy`. */
  type: 'fixed' | 'exponential' | (string & {});
  /** Base delay, ms. */
  delay?: number | undefined;
  /** Share of the delay that is random, 0-1. Default 0. */
  jitter?: number | undefined;
}

/** Options a queue gives to all its jobs (`defaultJobOptions`). */
export interface DefaultJobOptions {
  /** When the job was made, ms since the Unix epoch. Default: now. */
  timestamp?: number | undefined;
  /** 0 = none; 1 (most urgent) to 2097151. Jobs without priority run before all that have one. Default 0. */
  priority?: number | undefined;
  /** Ms from `timestamp` until the job may run. Default 0. */
  delay?: number | undefined;
  /** How often the job is tried before it fails for good. Default: once. */
  attempts?: number | undefined;
  /** Delay between attempts; a number is a fixed delay in ms. Default: none. */
  backoff?: number | BackoffOptions | undefined;
  /** Take this job next, before those that wait already. Default `false`. */
  lifo?: boolean | undefined;
  /** What becomes of the job when it completes: `true` = remove, a number = keep that many. Default: keep all. */
  removeOnComplete?: boolean | number | KeepJobs | undefined;
  /** What becomes of the job when it fails for good: `true` = remove, a number = keep that many. Default: keep all. */
  removeOnFail?: boolean | number | KeepJobs | undefined;
  /** Log rows kept per job, the newest. Default: all. */
  keepLogs?: number | undefined;
  /** Stack traces kept per job; 0 = none. Default: all. */
  stackTraceLimit?: number | undefined;
  /** Largest size of `data`, bytes of UTF-8 JSON. Default: no limit. */
  sizeLimit?: number | undefined;
}

/**
 * Options of one job.
 *
 * @throws `Error` from `add`, with a message that names the option: an integer or `0:...` as `jobId`, a `priority` that is out of
 * range or not whole, a `jitter` outside 0-1, data above `sizeLimit`.
 */
export interface JobsOptions extends DefaultJobOptions {
  /** Id of the job; adding an id that exists does nothing. No integers and no colons. Default: the next number. */
  jobId?: string | undefined;
  /** How the job is traced; only used by queues and workers that have `telemetry`. */
  telemetry?: JobTelemetryOptions | undefined;
}

/** What a job carries for tracing. */
export interface JobTelemetryOptions {
  /** Context of the span that the job's processing is a child of, as text. Default: the span of the call that adds it. */
  metadata?: string | undefined;
  /** Let processing begin a trace of its own. Default `false`. */
  omitContext?: boolean | undefined;
}

/** Options of one job in `addBulk`. */
export type BulkJobOptions = JobsOptions;

/** Options of {@link Job.retry} for the counters of attempts. */
export interface RetryOptions {
  /** Set `attemptsMade` back to 0, so that all attempts are available again. Default `false`. */
  resetAttemptsMade?: boolean | undefined;
  /** Set `attemptsStarted` back to 0. Default `false`. */
  resetAttemptsStarted?: boolean | undefined;
}
