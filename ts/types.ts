import type { Job } from './job';

// A user who names no types must be able to read any property of `job.data`, as with BullMQ.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Untyped = any;

/** Where a finished job ended. */
export type FinishedStatus = 'completed' | 'failed';

/** Where a job is. */
export type JobState = FinishedStatus | 'active' | 'delayed' | 'prioritized' | 'waiting' | 'waiting-children';

/** A state as the getters take it; `wait` is the same as `waiting`. */
export type JobType = JobState | 'repeat' | 'wait';

/** States whose jobs `queue.clean` removes. */
export type CleanableType =
  'completed' | 'wait' | 'waiting' | 'active' | 'paused' | 'prioritized' | 'delayed' | 'failed';

/** Progress of a job: any JSON value, by convention a number from 0 to 100. */
export type JobProgress = string | boolean | object | number;

/** Names the job's parent. */
export interface ParentKeys {
  /** Id of the parent job. */
  id: string;
  /** `<prefix>:<queue name>` of the parent's queue. */
  queueKey: string;
}

/**
 * Does the work of one job.
 *
 * What it returns, as JSON, becomes `job.returnvalue`; what it throws fails the attempt. Declare the third parameter to be handed
 * an `AbortSignal` that fires when the job is cancelled.
 */
export type Processor<
  Data = Untyped,
  Result = Untyped,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> = (job: Job<Data, Result, Name, Progress>, token?: string, signal?: AbortSignal) => Promise<Result>;

/**
 * Computes the delay before the next attempt, ms: 0 = at once, -1 = do not retry.
 *
 * Asked for jobs whose `backoff.type` is neither `fixed` nor `exponential`, and only while attempts are left.
 */
export type BackoffStrategy = (
  attemptsMade: number,
  type?: string,
  error?: Error,
  job?: Job,
) => Promise<number> | number;

/** Queue-wide settings as they stand in Redis. */
export interface QueueMeta {
  /** Jobs active at once over all workers, if limited. */
  concurrency?: number;
  /** Jobs started per `duration` over all workers, if limited. */
  max?: number;
  /** Window of `max`, ms. */
  duration?: number;
  /** Approximate length the event stream is trimmed to. */
  maxLenEvents?: number;
  /** Whether the whole queue is paused. */
  paused?: boolean;
  /** Library and version that last set up the queue. */
  version?: string;
}

/** Finished jobs per minute. */
export interface Metrics {
  meta: {
    /** Jobs finished since metrics began. */
    count: number;
    /** When the last point was taken, ms since the Unix epoch. */
    prevTS: number;
    /** `count` at that time. */
    prevCount: number;
  };
  /** Jobs per minute, newest first. */
  data: number[];
  /** How many points there are. */
  count: number;
}

/** Log rows of a job. */
export interface JobLogs {
  /** The rows asked for. */
  logs: string[];
  /** How many rows there are. */
  count: number;
}

/** A job in the form that processes exchange: JSON texts for `data`, `returnvalue` and `stacktrace`. */
export interface JobJson {
  id: string;
  name: string;
  data: string;
  opts: object;
  progress: JobProgress;
  attemptsMade: number;
  attemptsStarted: number;
  finishedOn?: number;
  processedOn?: number;
  timestamp: number;
  delay?: number;
  priority?: number;
  failedReason: string;
  stacktrace?: string;
  returnvalue: string;
  parent?: ParentKeys;
  parentKey?: string;
  repeatJobKey?: string;
  deduplicationId?: string;
  deferredFailure?: string;
  processedBy?: string;
  stalledCounter: number;
}

/** What {@link Worker.health} answers. */
export interface WorkerHealth {
  /** Whether the worker's connections to Redis stand. */
  connected: boolean;
  /** Age of the last round trip of a fetch that succeeded, ms; `null` before the first. */
  lastFetchAgeMs: number | null;
  /** Jobs running now. */
  activeJobs: number;
  /**
   * How long, at most in the last minute, the event loop took to come back to the worker after it was handed events, ms,
   * listeners included. Measured at least at each renewal of locks while jobs run.
   */
  eventLoopLagMs: number;
}

/** Extracts the data type where a queue is declared by its job type. */
export type ExtractDataType<DataOrJob, Default> = DataOrJob extends Job<infer Data> ? Data : Default;
/** Extracts the result type where a queue is declared by its job type. */
export type ExtractResultType<DataOrJob, Default> = DataOrJob extends Job<Untyped, infer Result> ? Result : Default;
/** Extracts the name type where a queue is declared by its job type. */
export type ExtractNameType<DataOrJob, Default extends string> =
  DataOrJob extends Job<Untyped, Untyped, infer Name> ? Name : Default;
