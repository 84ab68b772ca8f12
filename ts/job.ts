import { addAll, addSoon, type NewJob } from './add-batch';
import { textOf } from './javascript-values';
import { JobLockedError, JobMissingError } from './errors';
import { JobChildren } from './job-children';
import { OF_RECORD } from './job-fields';
import { stringifyJobData, stringifyValue } from './job-data';
import { readJobRecord, textOrValue, type JobRecord } from './job-record';
import { decodeJobOptions } from './native';
import { answer, calling } from './native-answer';
import type { BulkJobOptions, JobsOptions } from './options/job-options';
import type { QueueLike } from './queue-like';
import type { JobJson, JobProgress, Untyped } from './types';

/** A job to be added in bulk. */
export interface BulkJob<Data, Name extends string> {
  /** What kind of job it is. */
  name: Name;
  /** What the processor is given; stored as JSON. */
  data: Data;
  /** Default: those of the queue. */
  opts?: BulkJobOptions | undefined;
}

/**
 * One job, as it was when it was read or last changed through this object; {@link Job.refresh} reads it again.
 *
 * Methods that change the job reject with `JobMissingError` (`code` -1) when it does not exist any more.
 */
export class Job<
  Data = Untyped,
  Result = Untyped,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> extends JobChildren<Data, Result, Name, Progress> {
  /**
   * Adds a job to a queue. `queue.add` does the same and tells the queue's listeners.
   *
   * @throws `Error` naming an option that cannot work; `InvalidJobDataError` for bytes in `data`.
   */
  static async create<T = Untyped, R = Untyped, N extends string = string>(
    queue: QueueLike,
    name: N,
    data: T,
    opts?: JobsOptions,
  ): Promise<Job<T, R, N>> {
    const job = new this<T, R, N>(queue, name, data, opts);
    job.id = await addSoon(queue, job.toNewJob());
    return job;
  }

  /** Adds all jobs or, if one of them is refused, none. */
  static async createBulk<T = Untyped, R = Untyped, N extends string = string>(
    queue: QueueLike,
    jobs: readonly BulkJob<T, N>[],
  ): Promise<Job<T, R, N>[]> {
    const created = jobs.map(({ name, data, opts }) => new this<T, R, N>(queue, name, data, opts));
    const ids =
      created.length === 0
        ? []
        : await addAll(
            queue,
            created.map((job) => job.toNewJob()),
          );
    created.forEach((job, index) => {
      job.id = ids[index] as string;
    });
    return created;
  }

  /** Reads a job; `undefined` if it does not exist. */
  static async fromId<T = Untyped, R = Untyped, N extends string = string>(
    queue: QueueLike,
    jobId: string,
  ): Promise<Job<T, R, N> | undefined> {
    // Callers in JavaScript pass the id of a job that has none.
    const lines = jobId ? await answer(queue.native.getJob(textOf(jobId))) : undefined;
    return lines ? this.fromRecord<T, R, N>(queue, readJobRecord(lines.split('\n'), 0)) : undefined;
  }

  /** The job that {@link Job.asJSON} described. */
  static fromJSON<T = Untyped, R = Untyped, N extends string = string>(
    queue: QueueLike,
    json: JobJson,
    jobId: string = json.id,
  ): Job<T, R, N> {
    const { name, data, opts, returnvalue, failedReason, stacktrace, ...plain } = json;
    const job = new this<T, R, N>(queue, name as N, JSON.parse(data || '{}') as T, Job.optsFromJSON(opts), jobId);
    // The options still name a parent that the job was untied from.
    Object.assign(job, { parent: undefined, parentKey: undefined }, plain, { id: jobId });
    job.returnvalue = (returnvalue ? textOrValue(returnvalue) : null) as R;
    job.stacktrace = (stacktrace ? (JSON.parse(stacktrace) as string[] | null) : null) ?? [];
    if (failedReason) {
      // JSON text in what processes exchange, plain text in a hash of Redis.
      const reason = textOrValue<unknown>(failedReason);
      job.failedReason = typeof reason === 'string' ? reason : failedReason;
    }
    return job;
  }

  /** Options as users write them from options as they are stored. */
  static optsFromJSON(stored: string | object = '{}'): JobsOptions {
    const text = typeof stored === 'string' ? stored : JSON.stringify(stored);
    return JSON.parse(calling(() => decodeJobOptions(text))) as JobsOptions;
  }

  /** Adds a log row to a job and answers how many there are; only the newest `keepLogs` stay. */
  static addJobLog(queue: QueueLike, jobId: string, logRow: string, keepLogs?: number): Promise<number> {
    return answer(queue.native.addJobLog(textOf(jobId), textOf(logRow), keepLogs));
  }

  /** @internal The job of a record that the engine handed over. */
  static fromRecord<T, R, N extends string, P extends JobProgress = JobProgress>(
    queue: QueueLike,
    record: JobRecord<T, R>,
  ): Job<T, R, N, P> {
    const job = new this<T, R, N, P>(queue, record.header.name as N, undefined as T, OF_RECORD);
    job.adopt(record);
    return job;
  }

  /** Replaces the payload. */
  async updateData(data: Data): Promise<void> {
    await answer(this.queue.native.updateJobData(this.knownId(), stringifyJobData(data)));
    this.data = data;
  }

  /** Publishes progress: any JSON value, by convention a number from 0 to 100. */
  async updateProgress(progress: Progress): Promise<void> {
    this.progress = progress;
    await answer(this.queue.native.updateJobProgress(this.knownId(), stringifyValue(progress)));
    this.queue.emit('progress', this, progress);
  }

  /** Adds a log row and answers how many there are. */
  log(logRow: string): Promise<number> {
    return Job.addJobLog(this.queue, this.knownId(), logRow, this.opts.keepLogs);
  }

  /** Removes the log rows, all but the newest `keepLogs`. */
  async clearLogs(keepLogs?: number): Promise<void> {
    await answer(this.queue.native.clearJobLogs(this.knownId(), keepLogs));
  }

  /**
   * Removes the job.
   *
   * @throws `JobLockedError` while a worker has it.
   */
  async remove({ removeChildren = true }: { removeChildren?: boolean } = {}): Promise<void> {
    const removed = await answer(this.queue.native.removeJob(this.knownId(), removeChildren, Date.now()));
    if (removed === 0) {
      throw new JobLockedError(`Job ${this.knownId()} could not be removed because it is locked by another worker`);
    }
    this.queue.emit('removed', this.id);
  }

  /** Ends the deduplication this job holds; whether it held one. */
  async removeDeduplicationKey(): Promise<boolean> {
    const { deduplicationId } = this;
    if (!deduplicationId) {
      return false;
    }
    return answer(this.queue.native.releaseDeduplication(this.knownId(), deduplicationId));
  }

  /** Reads the job again. */
  async refresh(): Promise<void> {
    const lines = await answer(this.queue.native.getJob(this.knownId()));
    if (!lines) {
      throw new JobMissingError(`Missing key for job ${this.knownId()}. refresh`, { jobId: this.knownId() });
    }
    this.adopt(readJobRecord(lines.split('\n'), 0));
  }

  private toNewJob(): NewJob {
    const opts = this.texts.opts.untouchedText() ?? JSON.stringify(this.opts);
    return { name: this.name, timestamp: this.timestamp, opts, data: stringifyJobData(this.data) };
  }
}
