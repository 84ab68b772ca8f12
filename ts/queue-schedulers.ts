import type { Job } from './job';
import { JobScheduler } from './job-scheduler';
import type { QueueOptions } from './options/queue-options';
import type { JobSchedulerJson, JobSchedulerTemplate, RepeatOptions } from './options/scheduler-options';
import { QueueMaintenance } from './queue-maintenance';

/** The job schedulers of a queue. */
export class QueueSchedulers<
  JobBase extends Job,
  Listeners,
  Data,
  Result,
  Name extends string,
> extends QueueMaintenance<JobBase, Listeners> {
  declare readonly opts: QueueOptions;
  private schedulers: Promise<JobScheduler> | undefined;

  /** The queue's job schedulers as an object of their own; what it emits as `error`, the queue emits too. */
  get jobScheduler(): Promise<JobScheduler> {
    this.schedulers ??= Promise.resolve(
      new JobScheduler(this).on('error', (error) => {
        this.emitUnchecked('error', error);
      }),
    );
    return this.schedulers;
  }

  /**
   * Creates a job scheduler, or replaces the one of this id, and answers its next job; `undefined` if it has none (any more).
   *
   * Whenever a worker takes a job of the scheduler, the next one is added: there is one pending job at any time.
   *
   * ```ts
   * await queue.upsertJobScheduler('report', { pattern: '0 0 9 * * 1-5', tz: 'Europe/Athens' }, { name: 'send-report' });
   * ```
   *
   * @throws `Error` naming an option or a combination that cannot work; `SchedulerJobExistsError` (`code` -10) and
   * `SchedulerSlotsTakenError` (-11) if other jobs have the ids of the scheduler's next jobs.
   */
  async upsertJobScheduler(
    jobSchedulerId: string,
    repeatOpts: Omit<RepeatOptions, 'key'>,
    jobTemplate?: JobSchedulerTemplate<Data, Name>,
  ): Promise<Job<Data, Result, Name> | undefined> {
    const schedulers = await this.jobScheduler;
    return schedulers.upsertJobScheduler<Data, Result, Name>(jobSchedulerId, repeatOpts, jobTemplate);
  }

  /** A job scheduler; `undefined` if there is none of this id. */
  async getJobScheduler(id: string): Promise<JobSchedulerJson<Data> | undefined> {
    return (await this.jobScheduler).getScheduler<Data>(id);
  }

  /** Job schedulers by the time of their next job, latest first unless `asc`. */
  async getJobSchedulers(start = 0, end = -1, asc = false): Promise<JobSchedulerJson<Data>[]> {
    return (await this.jobScheduler).getJobSchedulers<Data>(start, end, asc);
  }

  /** How many job schedulers there are. */
  async getJobSchedulersCount(): Promise<number> {
    return (await this.jobScheduler).getSchedulersCount();
  }

  /** Removes a job scheduler, and its next job while that is delayed; whether there was one. */
  async removeJobScheduler(jobSchedulerId: string): Promise<boolean> {
    return (await this.jobScheduler).removeJobScheduler(jobSchedulerId);
  }
}
