import { Job } from './job';
import { stringifyJobData } from './job-data';
import { readJobRecord } from './job-record';
import { localZone } from './local-zone';
import { answer, calling } from './native-answer';
import type { QueueOptions } from './options/queue-options';
import type { JobSchedulerJson, JobSchedulerTemplate, RepeatOptions } from './options/scheduler-options';
import type { QueueLike } from './queue-like';
import { SafeEmitter } from './safe-emitter';
import { withTimes } from './schedule-times';
import { traceScheduler } from './telemetry/scheduler-span';

/** What a job scheduler needs of its queue. */
export interface SchedulingQueue extends QueueLike {
  /** Options of the queue; those of its jobs are under those of the template. */
  readonly opts: QueueOptions;
  /** Waits until Redis answers. */
  waitUntilReady(): Promise<void>;
}

/** Listeners of a {@link JobScheduler}. */
export interface JobSchedulerListener {
  /** Something went wrong that no caller is told of. */
  error: (error: Error) => void;
}

/** When a scheduler runs, and what its first job belongs to. */
interface Chosen {
  schedule: string;
  chosen: number | undefined;
  traceContext: string | undefined;
  now: number;
}

/** The job schedulers of one queue: each adds a job whenever its time has come. {@link Queue} has the same methods. */
export class JobScheduler extends SafeEmitter<JobSchedulerListener> {
  constructor(private readonly queue: SchedulingQueue) {
    super();
  }

  /** Waits until Redis answers. */
  waitUntilReady(): Promise<void> {
    return this.queue.waitUntilReady();
  }

  /** See {@link Queue.upsertJobScheduler}. */
  async upsertJobScheduler<Data, Result, Name extends string>(
    id: string,
    repeat: RepeatOptions,
    template: JobSchedulerTemplate<Data, Name> = {},
  ): Promise<Job<Data, Result, Name> | undefined> {
    const { name = id, opts = {} } = template;
    const now = Date.now();
    if (repeat.immediately && repeat.every) {
      console.warn(
        "Using option immediately with every does not affect the job's schedule. Job will run immediately anyway.",
      );
    }
    const schedule = JSON.stringify(withTimes(repeat));
    const chosen = await this.chooseSlot(schedule, repeat, { name, now });
    if (chosen === null) {
      return undefined;
    }
    return traceScheduler(this.queue.tracing, { id, name, telemetry: opts.telemetry }, (traceContext) =>
      this.upsert<Data, Result, Name>(id, template, { schedule, chosen, traceContext, now }),
    );
  }

  private async upsert<Data, Result, Name extends string>(
    id: string,
    { name, data, opts }: JobSchedulerTemplate<Data, Name>,
    { schedule, chosen, traceContext, now }: Chosen,
  ): Promise<Job<Data, Result, Name> | undefined> {
    const scheduler = {
      id,
      repeat: schedule,
      options: JSON.stringify({ ...this.queue.opts.defaultJobOptions, ...opts }),
      localZone: localZone(),
      ...(name !== undefined && { name }),
      ...(data !== undefined && data !== null && { data: stringifyJobData(data) }),
      ...(chosen !== undefined && { chosenMs: chosen }),
      ...(traceContext !== undefined && { traceContext }),
    };
    const lines = await answer(this.queue.native.upsertScheduler(scheduler, now));
    return lines ? Job.fromRecord<Data, Result, Name>(this.queue, readJobRecord(lines.split('\n'), 0)) : undefined;
  }

  /** A scheduler; `undefined` if there is none of this id. */
  async getScheduler<Data>(id: string): Promise<JobSchedulerJson<Data> | undefined> {
    const json = await answer(this.queue.native.getScheduler(id));
    return json ? (JSON.parse(json) as JobSchedulerJson<Data>) : undefined;
  }

  /** Schedulers by the time of their next job, latest first unless `asc`. */
  async getJobSchedulers<Data>(start = 0, end = -1, asc = false): Promise<JobSchedulerJson<Data>[]> {
    return JSON.parse(await answer(this.queue.native.getSchedulers(start, end, asc))) as JobSchedulerJson<Data>[];
  }

  /** How many schedulers there are. */
  getSchedulersCount(): Promise<number> {
    return answer(this.queue.native.getSchedulersCount());
  }

  /** Whether there is a scheduler of this id. */
  isJobScheduler(id: string): Promise<boolean> {
    return answer(this.queue.native.isScheduler(id));
  }

  /** Removes a scheduler; whether there was one. */
  removeJobScheduler(id: string): Promise<boolean> {
    return answer(this.queue.native.removeScheduler(id));
  }

  /** What the user's strategy says: a time, `null` for never, `undefined` if there is no strategy to ask. */
  private async chooseSlot(
    schedule: string,
    repeat: RepeatOptions,
    { name, now }: { name: string; now: number },
  ): Promise<number | null | undefined> {
    const goesOn = calling(() => this.queue.native.checkSchedule(schedule, now));
    const strategy = this.queue.opts.settings?.repeatStrategy;
    if (!strategy || !goesOn || repeat.pattern === undefined) {
      return undefined;
    }
    return (await strategy(now, repeat, name)) ?? null;
  }
}
