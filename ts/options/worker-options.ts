import type { BackoffStrategy } from '../types';
import type { KeepJobs } from './job-options';
import type { QueueBaseOptions } from './queue-options';
import type { SandboxOptions } from './sandbox-options';
import type { AdvancedRepeatOptions } from './scheduler-options';

/** Bound on jobs started per time, over all workers of the queue. */
export interface RateLimiterOptions {
  /** Jobs per window, at least 1. */
  max: number;
  /** Length of a window, ms, at least 1. */
  duration: number;
}

/** Functions that change how a worker decides. */
export interface AdvancedOptions extends AdvancedRepeatOptions {
  /** Delay before the next attempt of jobs whose backoff type is not built in. */
  backoffStrategy?: BackoffStrategy | undefined;
}

/**
 * Options of a {@link Worker}.
 *
 * @throws `Error` from the constructor, naming the option, for a value that cannot work.
 */
export interface WorkerOptions extends QueueBaseOptions, SandboxOptions {
  /** Recorded as `processedBy` of the jobs it takes, and part of its connection's name. Default: none. */
  name?: string | undefined;
  /** Start taking jobs at once. Default `true`. */
  autorun?: boolean | undefined;
  /** Jobs run at once, at least 1; can be changed while the worker runs. Default 1. */
  concurrency?: number | undefined;
  /** Bound on jobs started per time. Default: none. */
  limiter?: RateLimiterOptions | undefined;
  /** How long a job's lock lives without renewal, ms. Default 30000. */
  lockDuration?: number | undefined;
  /** Interval of lock renewals, ms; less than `lockDuration`. Default: half of it. */
  lockRenewTime?: number | undefined;
  /** Leave renewing locks to the caller. Default `false`. */
  skipLockRenewal?: boolean | undefined;
  /**
   * How long the event loop may be blocked before its running jobs are given up, ms, above 0: until then native threads renew their
   * locks; from then on other workers may take them, and an `error` event says so for each. Default 600000 (10 minutes).
   */
  maxBlocked?: number | undefined;
  /** Interval of checks for jobs whose worker vanished, ms, above 0. Default 30000. */
  stalledInterval?: number | undefined;
  /** Leave checking for stalled jobs to other workers. Default `false`. */
  skipStalledCheck?: boolean | undefined;
  /** How often a job may stall before it fails, 0 or more. Default 1. */
  maxStalledCount?: number | undefined;
  /** How often a job may be started, whatever became of it, before it fails. Default: no limit. */
  maxStartedAttempts?: number | undefined;
  /** Longest wait for a wake-up before looking for jobs again, s, above 0. Default 5. */
  drainDelay?: number | undefined;
  /** What is kept of completed jobs that do not say so themselves. Default: all. */
  removeOnComplete?: KeepJobs | undefined;
  /** What is kept of failed jobs that do not say so themselves. Default: all. */
  removeOnFail?: KeepJobs | undefined;
  /**
   * Interval of looks for finished jobs that are older than their retention by `age` allows, ms, above 0. One worker of the queue
   * looks per interval; the age is that of the job that finished last, before that the worker's own. Default 60000.
   */
  retentionInterval?: number | undefined;
  /** Longest pause between attempts to reach Redis after an error, ms. Default 15000. */
  runRetryDelay?: number | undefined;
  /** Longest sleep while rate limited, ms, so that delayed jobs are still promoted. Default 30000. */
  maximumRateLimitDelay?: number | undefined;
  /** Count finished jobs per minute and keep this many minutes. Default: no metrics. */
  metrics?:
    | {
        /** Minutes to keep, e.g. `MetricsTime.ONE_WEEK`. */
        maxDataPoints?: number | undefined;
      }
    | undefined;
  /** Functions that change how the worker decides. */
  settings?: AdvancedOptions | undefined;
}

/** Options of {@link Worker.getNextJob}. */
export interface GetNextJobOptions {
  /** Wait for a job if there is none. Default `true`. */
  block?: boolean | undefined;
}

/** How {@link Worker.close} treats jobs that still run. */
export interface CloseOptions {
  /** Wait this long for them, ms, then hand them back to the queue without burning an attempt. Default: wait until they end. */
  timeout?: number | undefined;
}
