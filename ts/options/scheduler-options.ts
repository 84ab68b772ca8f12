import type { JobsOptions } from './job-options';

/** When a job scheduler runs its jobs. Exactly one of `every` and `pattern`. */
export interface RepeatOptions {
  /** Interval, ms, at least 1. The first job runs at once, at `startDate`, or as soon as `offset` allows. */
  every?: number | undefined;
  /**
   * Cron pattern of five fields, or six with seconds in front; lists, ranges, steps, names, `L` and `#` as in `cron-parser`, and
   * `@daily` and its like.
   */
  pattern?: string | undefined;
  /** Time zone of `pattern`, such as `Europe/Athens`. Default: that of the process. */
  tz?: string | undefined;
  /** Jobs in all. Default: no limit. */
  limit?: number | undefined;
  /** No job runs before this time. Default: now. */
  startDate?: Date | string | number | undefined;
  /** No job is added for a time after this one. Default: never. */
  endDate?: Date | string | number | undefined;
  /** Ms by which the jobs of `every` lie after multiples of it, counted from the Unix epoch. Default: that of the first job. */
  offset?: number | undefined;
  /** Run the first job of `pattern` at once. Default `false`. */
  immediately?: boolean | undefined;
  /** Jobs that count as run already. Default 0. */
  count?: number | undefined;
  /** Not used. */
  key?: string | undefined;
  /** Not used. */
  prevMillis?: number | undefined;
  /** Not used. */
  jobId?: string | undefined;
}

/** Options of the jobs of a scheduler. */
export type JobSchedulerTemplateOptions = Omit<JobsOptions, 'jobId' | 'delay' | 'deduplication'>;

/** What the jobs of a scheduler look like. */
export interface JobSchedulerTemplate<Data, Name extends string> {
  /** Name of the jobs. Default: the scheduler's id. */
  name?: Name | undefined;
  /** Payload of the jobs. Default: an empty object. */
  data?: Data | undefined;
  /** Options of the jobs, over the queue's `defaultJobOptions`. */
  opts?: JobSchedulerTemplateOptions | undefined;
}

/** A job scheduler as it stands in Redis. Times are ms since the Unix epoch. */
export interface JobSchedulerJson<Data> {
  /** Its id. */
  key: string;
  /** Name of its jobs. */
  name: string;
  /** When its next job runs, or its last one ran. */
  next?: number;
  /** Jobs added so far. */
  iterationCount?: number;
  /** Jobs in all. */
  limit?: number;
  /** No job runs before this time. */
  startDate?: number;
  /** No job is added for a time after this one. */
  endDate?: number;
  /** Time zone of `pattern`. */
  tz?: string;
  /** Cron pattern. */
  pattern?: string;
  /** Interval, ms. */
  every?: number;
  /** Ms by which the jobs lie after multiples of `every`. */
  offset?: number;
  /** What its jobs look like, as far as that was said. */
  template?: {
    /** Their data. */
    data?: Data;
    /** Their options. */
    opts?: JobSchedulerTemplateOptions;
  };
}

/**
 * Finds the next time of a scheduler with a `pattern`: ms since the Unix epoch after `millis`, or `undefined` for none.
 *
 * `opts` are those of the scheduler, `name` is that of its jobs. The queue and all its workers need the same strategy.
 */
export type RepeatStrategy = (
  millis: number,
  opts: RepeatOptions,
  name?: string,
) => number | undefined | Promise<number | undefined>;

/** Functions that change how a queue decides. */
export interface AdvancedRepeatOptions {
  /** Reads the patterns of job schedulers in place of cron. */
  repeatStrategy?: RepeatStrategy | undefined;
}
