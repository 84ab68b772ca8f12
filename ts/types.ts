import type { Job } from './job';

/** The type of data that nobody named: a user who names none must be able to read any property of `job.data`, as with BullMQ. */
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
  /** How the count stands. */
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
  /** Unique within the queue. */
  id: string;
  /** What kind of job it is. */
  name: string;
  /** JSON text of the data. */
  data: string;
  /** Options, under the short names that Redis holds. */
  opts: object;
  /** What the processor last told. */
  progress: JobProgress;
  /** Attempts that ended. */
  attemptsMade: number;
  /** Attempts that were begun. */
  attemptsStarted: number;
  /** When it completed or failed for good, ms since the Unix epoch. */
  finishedOn?: number;
  /** When it was last taken by a worker, ms since the Unix epoch. */
  processedOn?: number;
  /** When it was added, ms since the Unix epoch. */
  timestamp: number;
  /** How long it waits before it may run, ms. */
  delay?: number;
  /** 1 is the most urgent, 2097151 the least; 0 runs before all of them. */
  priority?: number;
  /** JSON text of why the last attempt failed. */
  failedReason: string;
  /** JSON text of the stack traces of failed attempts, oldest first. */
  stacktrace?: string;
  /** JSON text of what the processor returned. */
  returnvalue: string;
  /** The parent of a child. */
  parent?: ParentKeys;
  /** `<prefix>:<queue>:<id>` of the parent. */
  parentKey?: string;
  /** Id of the scheduler that added it. */
  repeatJobKey?: string;
  /** Id under which it keeps others of its kind away. */
  deduplicationId?: string;
  /** Why it will fail when it is next taken. */
  deferredFailure?: string;
  /** Name of the worker that last took it. */
  processedBy?: string;
  /** How often it lost its worker. */
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
