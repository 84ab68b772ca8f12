import type { ConnectionOptions } from './connection-options';
import type { Telemetry } from '../telemetry/telemetry';
import type { DefaultJobOptions } from './job-options';
import type { AdvancedRepeatOptions } from './scheduler-options';

/** Options that everything working on a queue shares. */
export interface QueueBaseOptions {
  /** Where Redis is. Default: `127.0.0.1:6379`. */
  connection?: ConnectionOptions | undefined;
  /** First part of all keys; queues of another prefix are other queues. Default `bull`. */
  prefix?: string | undefined;
  /**
   * How long a call through this object may wait for Redis, ms, at least 1, before it rejects with `QueueUnavailableError`; what it
   * asked for may still have happened. Default: as long as it takes.
   */
  deadlineMs?: number | undefined;
  /** Where spans and measurements go, such as a `BullMQOtel`. Default: nowhere, which costs nothing. */
  telemetry?: Telemetry | undefined;
  /** Accepted for compatibility; the version of Redis is not checked. */
  skipVersionCheck?: boolean | undefined;
}

/** Options of a {@link Queue}. */
export interface QueueOptions extends QueueBaseOptions {
  /** Options of every job added, unless the job brings its own. */
  defaultJobOptions?: DefaultJobOptions | undefined;
  /** Trims the event stream to about `maxLen` entries. Default 10000. */
  streams?:
    | {
        /** The stream of events. */
        events: {
          /** Approximate number of entries that are kept. */
          maxLen: number;
        };
      }
    | undefined;
  /** Leave the queue's settings in Redis as they are. Default `false`. */
  skipMetasUpdate?: boolean | undefined;
  /** Functions that change how the queue decides. */
  settings?: AdvancedRepeatOptions | undefined;
}

/** Options of {@link Queue.obliterate}. */
export interface ObliterateOpts {
  /** Also remove active jobs; their workers will fail to finish them. Default `false`. */
  force?: boolean | undefined;
  /** Jobs removed per step. Default 1000. */
  count?: number | undefined;
}

/** Options of {@link Queue.retryJobs}. */
export interface RetryJobsOptions {
  /** Jobs moved per step. Default 1000. */
  count?: number | undefined;
  /** Which finished jobs to run again. Default `failed`. */
  state?: 'completed' | 'failed' | undefined;
  /** Only jobs finished before this time, ms since the Unix epoch. Default: now. */
  timestamp?: number | undefined;
}
