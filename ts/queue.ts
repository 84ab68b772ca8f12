import { randomUUID, type UUID } from 'node:crypto';

import { Job, type BulkJob } from './job';
import { numberOf, textOf } from './javascript-values';
import { answer } from './native-answer';
import { stringifyValue } from './job-data';
import type { DefaultJobOptions, JobsOptions } from './options/job-options';
import type { ObliterateOpts, QueueOptions, RetryJobsOptions } from './options/queue-options';
import { QueueSchedulers } from './queue-schedulers';
import { QUEUE_SPANS } from './telemetry/queue-spans';
import { traceMethods } from './telemetry/traced-methods';
import { originals } from './timers';
import type { CleanableType, ExtractDataType, ExtractNameType, ExtractResultType, JobProgress, Untyped } from './types';

/** Listeners of a {@link Queue}: what happened through this very object, not through others or in workers. */
export interface QueueListener<JobBase extends Job = Job> {
  /** Jobs were removed by `clean`. */
  cleaned: (jobIds: string[], type: string) => void;
  /** Something went wrong that no caller is told of, or a listener threw. */
  error: (error: Error) => void;
  /** The queue was paused. */
  paused: () => void;
  /** Progress of a job was published. */
  progress: (jobId: string, progress: JobProgress) => void;
  /** A job was removed. */
  removed: (jobId: string) => void;
  /** The queue was resumed. */
  resumed: () => void;
  /** A job was added by `add`; those of `addBulk` are not told one by one. */
  waiting: (job: JobBase) => void;
}

type IsAny<T> = 0 extends 1 & T ? true : false;

/** The job type of a queue that is declared by its data or by its job type. */
type JobOf<DataOrJob, Result, Name extends string> =
  IsAny<DataOrJob> extends true
    ? Job<DataOrJob, Result, Name>
    : DataOrJob extends Job
      ? DataOrJob
      : Job<DataOrJob, Result, Name>;

/** Name of jobs that are added without one. */
const UNNAMED = '__default__';

/**
 * Adds jobs to a queue and manages it.
 *
 * All queues of a process on one server share one connection, so making one per request costs nothing. Methods reject with a
 * connection error only once `retryStrategy` gives up; until then they wait for Redis.
 *
 * ```ts
 * const queue = new Queue('email', { connection: 'redis://127.0.0.1:6379', defaultJobOptions: { attempts: 3 } });
 * await queue.add('send-email', { to: 'ann@example.com' });
 * ```
 */
export class Queue<
  DataTypeOrJob = Untyped,
  DefaultResultType = Untyped,
  DefaultNameType extends string = string,
  DataType = ExtractDataType<DataTypeOrJob, DataTypeOrJob>,
  ResultType = ExtractResultType<DataTypeOrJob, DefaultResultType>,
  NameType extends string = ExtractNameType<DataTypeOrJob, DefaultNameType>,
> extends QueueSchedulers<
  JobOf<DataTypeOrJob, ResultType, NameType>,
  QueueListener<JobOf<DataTypeOrJob, ResultType, NameType>>,
  DataType,
  ResultType,
  NameType
> {
  /** Unique to this object. */
  readonly token: UUID = randomUUID();
  /** Options of every job, unless it brings its own. */
  jobsOpts: DefaultJobOptions;
  declare readonly opts: QueueOptions;

  /**
   * @throws `Error`: `Queue name must be provided`, `Queue name cannot contain :`, or a connection option that cannot work.
   */
  constructor(name: string, opts: QueueOptions = {}) {
    super(name, opts);
    this.jobsOpts = opts.defaultJobOptions ?? {};
    if (this.tracing) {
      traceMethods(this, QUEUE_SPANS, this.tracing);
    }
    if (opts.skipMetasUpdate !== true) {
      void this.writeMeta();
    }
  }

  /** Options of every job, unless it brings its own. */
  get defaultJobOptions(): DefaultJobOptions {
    return { ...this.jobsOpts };
  }

  /** Settings this object writes to Redis. */
  get metaValues(): Record<string, string | number> {
    return JSON.parse(this.native.metaValues(this.opts.streams?.events.maxLen)) as Record<string, string | number>;
  }

  /**
   * Adds a job. All jobs added in one turn of the event loop travel to Redis together.
   *
   * Without a name the job is called `__default__`. Adding a `jobId` that exists adds nothing and answers that job's id.
   *
   * @throws `Error` naming an option that cannot work, see {@link JobsOptions}; `InvalidJobDataError` for bytes in `data`;
   * `TypeError` for data that JSON cannot express.
   */
  add(name: NameType, data: DataType, opts?: JobsOptions): Promise<Job<DataType, ResultType, NameType>>;
  add(data: DataType & object, opts?: JobsOptions): Promise<Job<DataType, ResultType, NameType>>;
  async add(
    first: NameType | DataType,
    second?: DataType | JobsOptions,
    third?: JobsOptions,
  ): Promise<Job<DataType, ResultType, NameType>> {
    return typeof first === 'string'
      ? this.addJob(first as NameType, second as DataType, third)
      : this.addJob(UNNAMED as NameType, first, second as JobsOptions | undefined);
  }

  /** Adds jobs in order: all of them or, if one is refused, none. */
  async addBulk(jobs: BulkJob<DataType, NameType>[]): Promise<Job<DataType, ResultType, NameType>[]> {
    const withDefaults = jobs.map(({ name, data, opts }) => ({ name, data, opts: this.withDefaults(opts) }));
    return Job.createBulk<DataType, ResultType, NameType>(this, withDefaults);
  }

  /** Stops all workers of the queue, in whatever process, from taking jobs. */
  async pause(): Promise<void> {
    await answer(this.native.pause());
    this.emit('paused');
  }

  /** Lets workers take jobs again. */
  async resume(): Promise<void> {
    await answer(this.native.resume());
    this.emit('resumed');
  }

  /** Whether the whole queue is paused. */
  isPaused(): Promise<boolean> {
    return answer(this.native.isPaused());
  }

  /** Whether as many jobs are active as the global concurrency allows. */
  isMaxed(): Promise<boolean> {
    return answer(this.native.isMaxed());
  }

  /** Removes all jobs that wait for a worker and, if `delayed`, those that wait for their time. */
  async drain(delayed = false): Promise<void> {
    await answer(this.native.drain(delayed, Date.now()));
  }

  /**
   * Removes jobs of one state that are older than `grace` ms, at most `limit` (0 = all, the default), and answers their ids.
   */
  async clean(grace: number, limit = 0, type: CleanableType = 'completed'): Promise<string[]> {
    const what = { type, grace: numberOf(grace), limit: numberOf(limit) };
    const jobIds = await answer(this.native.clean(what, Date.now()));
    this.emit('cleaned', jobIds, type === 'waiting' ? 'wait' : type);
    return jobIds;
  }

  /**
   * Pauses the queue and removes all of it.
   *
   * @throws `Error` `Cannot obliterate queue with active jobs`, unless `force`.
   */
  async obliterate({ force = false, count = 1000 }: ObliterateOpts = {}): Promise<void> {
    await this.pause();
    await answer(this.native.obliterate(force, count, Date.now()));
  }

  /** Runs all failed (or all completed) jobs again. */
  async retryJobs({ count = 1000, state = 'failed', timestamp = Date.now() }: RetryJobsOptions = {}): Promise<void> {
    await answer(this.native.retryJobs(state, count, timestamp));
  }

  /** Makes all delayed jobs run now. `count`: jobs moved per step; default 1000. */
  async promoteJobs({ count = 1000 }: { count?: number } = {}): Promise<void> {
    await answer(this.native.promoteJobs(count));
  }

  /** Removes a job; 1 if it is gone, 0 if a worker has it. */
  async remove(jobId: string, { removeChildren = true }: { removeChildren?: boolean } = {}): Promise<number> {
    const removed = await answer(this.native.removeJob(textOf(jobId), removeChildren, Date.now()));
    if (removed === 1) {
      this.emit('removed', jobId);
    }
    return removed;
  }

  /** Publishes progress of a job: any JSON value. */
  async updateJobProgress(jobId: string, progress: JobProgress): Promise<void> {
    await answer(this.native.updateJobProgress(textOf(jobId), stringifyValue(progress)));
    this.emit('progress', jobId, progress);
  }

  /** Adds a log row to a job and answers how many there are; only the newest `keepLogs` stay. */
  addJobLog(jobId: string, logRow: string, keepLogs?: number): Promise<number> {
    return Job.addJobLog(this, jobId, logRow, keepLogs);
  }

  /** Trims the event stream to about `maxLength` entries and answers how many went. */
  trimEvents(maxLength: number): Promise<number> {
    return answer(this.native.trimEvents(maxLength));
  }

  /** Stops jobs from starting for `expireTimeMs` ms, in all workers. */
  async rateLimit(expireTimeMs: number): Promise<void> {
    await answer(this.native.rateLimit(expireTimeMs));
  }

  /** Ends a rate limit that holds now; 1 if there was one. */
  removeRateLimitKey(): Promise<number> {
    return answer(this.native.removeRateLimit());
  }

  /** Ends a deduplication; 1 if there was one. */
  removeDeduplicationKey(id: string): Promise<number> {
    return answer(this.native.removeDeduplicationKey(id));
  }

  /** @deprecated The same as {@link Queue.removeDeduplicationKey}. */
  removeDebounceKey(id: string): Promise<number> {
    return this.removeDeduplicationKey(id);
  }

  /** Limits the jobs that are active at once over all workers. Answers 1, or 0 if it replaces a limit. */
  setGlobalConcurrency(concurrency: number): Promise<number> {
    return answer(this.native.setGlobalConcurrency(concurrency));
  }

  /** Takes the global concurrency limit away; 1 if there was one. */
  removeGlobalConcurrency(): Promise<number> {
    return answer(this.native.removeGlobalConcurrency());
  }

  /** Limits the jobs that start over all workers to `max` per `duration` ms. Answers 2, or 0 if it replaces a limit. */
  setGlobalRateLimit(max: number, duration: number): Promise<number> {
    return answer(this.native.setGlobalRateLimit(max, duration));
  }

  /** Takes the global rate limit away; the number of settings removed. */
  removeGlobalRateLimit(): Promise<number> {
    return answer(this.native.removeGlobalRateLimit());
  }

  /** `bullmq:<version>` of the state the queue was last set up with; `null` if it never was. */
  async getVersion(): Promise<string | null> {
    return (await this.getMeta()).version ?? null;
  }

  /** Adds one job with the queue's defaults filled in and tells the listeners. */
  protected async addJob(
    name: NameType,
    data: DataType,
    opts: JobsOptions | undefined,
  ): Promise<Job<DataType, ResultType, NameType>> {
    const job = await Job.create<DataType, ResultType, NameType>(this, name, data, this.withDefaults(opts));
    this.emit('waiting', job as unknown as JobOf<DataTypeOrJob, ResultType, NameType>);
    return job;
  }

  private withDefaults(opts: JobsOptions | undefined): JobsOptions {
    return opts === undefined ? this.jobsOpts : { ...this.jobsOpts, ...opts };
  }

  /** Failures become `error` events: nobody waits for this write. */
  private async writeMeta(): Promise<void> {
    try {
      await answer(this.native.writeMeta(this.opts.streams?.events.maxLen));
    } catch (error) {
      if (!this.closing) {
        originals.setImmediate(() => this.emit('error', error as Error));
      }
    }
  }
}
