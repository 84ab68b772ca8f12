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
  /**
   * How long a run may take, ms, at least 1; then its signal aborts and the attempt fails with `JobTimeoutError`, whatever the
   * processor still does. Workers of BullMQ ignore it. Default: no limit.
   */
  timeout?: number | undefined;
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
  /** The job that waits for this one. It must exist. */
  parent?: ParentOptions | undefined;
  /** Lets this job be the only one of its kind. Not together with `parent`. */
  deduplication?: DeduplicationOptions | undefined;
  /** When this job fails for good, its parent fails. Default `false`. */
  failParentOnFailure?: boolean | undefined;
  /** When this job fails for good, its parent runs at once. Default `false`. */
  continueParentOnFailure?: boolean | undefined;
  /** When this job fails for good, its parent waits for the others only and is told the reason. Default `false`. */
  ignoreDependencyOnFailure?: boolean | undefined;
  /** When this job fails for good, its parent waits for the others only. Default `false`. */
  removeDependencyOnFailure?: boolean | undefined;
  /** How the job is traced; only used by queues and workers that have `telemetry`. */
  telemetry?: JobTelemetryOptions | undefined;
}

/** Names the parent of a job to be added. */
export interface ParentOptions {
  /** Id of the parent. */
  id: string;
  /** `<prefix>:<queue name>` of the parent's queue. */
  queue: string;
}

/** How a job shares a deduplication id with others. */
export interface DeduplicationOptions {
  /** Held by one job at a time; adding another is answered with the holder's id. */
  id: string;
  /** How long the id is held, ms, also after the job has ended. Default: until the job ends. */
  ttl?: number | undefined;
  /** Adding another holds the id for `ttl` from then on. Default `false`. */
  extend?: boolean | undefined;
  /** Another takes the place of a holder that is still delayed. Default `false`. */
  replace?: boolean | undefined;
  /** While the holder runs, the newest of the others is kept and follows it. Default `false`. */
  keepLastIfActive?: boolean | undefined;
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
