import { JobFields } from './job-fields';
import { waitUntilFinished } from './job-finish';
import { answer } from './native-answer';
import type { RetryOptions } from './options/job-options';
import type { QueueEvents } from './queue-events';
import type { FinishedStatus, JobProgress, JobState } from './types';

/** Reading and changing the state of a job. */
export abstract class JobMoves<Data, Result, Name extends string, Progress extends JobProgress> extends JobFields<
  Data,
  Result,
  Name,
  Progress
> {
  /** Where the job is now; `unknown` if it does not exist. */
  getState(): Promise<JobState | 'unknown'> {
    return answer(this.queue.native.getJobState(this.knownId())) as Promise<JobState | 'unknown'>;
  }

  /** Whether the job has completed. */
  isCompleted(): Promise<boolean> {
    return this.isInState('completed');
  }

  /** Whether the job has failed for good. */
  isFailed(): Promise<boolean> {
    return this.isInState('failed');
  }

  /** Whether the job waits for its time. */
  isDelayed(): Promise<boolean> {
    return this.isInState('delayed');
  }

  /** Whether a worker has the job. */
  isActive(): Promise<boolean> {
    return this.isInState('active');
  }

  /** Whether the job waits for a worker. */
  isWaiting(): Promise<boolean> {
    return this.isInState('waiting');
  }

  /** Whether the job waits for its children. */
  isWaitingChildren(): Promise<boolean> {
    return this.isInState('waiting-children');
  }

  /**
   * Waits until the job has finished and answers what its processor returned.
   *
   * `queueEvents` is the reader to listen on; without it one reader per queue and process is shared. `ttl`: longest wait, ms;
   * default: no limit. Listening begins before the state is checked, so no finish is missed.
   *
   * @throws `Error(failedReason)` if the job failed; `JobMissingError` if it was removed; `WaitTimeoutError` after `ttl`.
   */
  waitUntilFinished(queueEvents?: QueueEvents | null, ttl?: number): Promise<Result> {
    return waitUntilFinished<Result>({
      queue: this.queue,
      jobId: this.knownId(),
      jobName: this.name,
      queueEvents: queueEvents ?? undefined,
      ttl,
    });
  }

  /**
   * Makes a delayed job run now.
   *
   * @throws `JobNotInStateError` (`code` -3) if it is not delayed.
   */
  async promote(): Promise<void> {
    await answer(this.queue.native.promoteJob(this.knownId()));
    this.delay = 0;
  }

  /**
   * Runs a finished job again.
   *
   * @throws `JobNotInStateError` (`code` -3) if it is not in `state`.
   */
  async retry(state: FinishedStatus = 'failed', options: RetryOptions = {}): Promise<void> {
    const { resetAttemptsMade = false, resetAttemptsStarted = false } = options;
    const reset = { made: resetAttemptsMade, started: resetAttemptsStarted };
    await answer(this.queue.native.retryJob(this.knownId(), state, reset));
    // BullMQ's values for what a job that runs again does not have.
    this.finishedOn = null as unknown as number;
    this.processedOn = null as unknown as number;
    this.failedReason = null as unknown as string;
    this.returnvalue = null as Result;
    if (resetAttemptsMade) {
      this.attemptsMade = 0;
    }
    if (resetAttemptsStarted) {
      this.attemptsStarted = 0;
    }
  }

  /**
   * Makes a delayed job run `delay` ms from now.
   *
   * @throws `JobNotInStateError` (`code` -3) if it is not delayed.
   */
  async changeDelay(delay: number): Promise<void> {
    await answer(this.queue.native.changeJobDelay(this.knownId(), delay, Date.now()));
    this.delay = delay;
  }

  /** Changes the priority (0 = none, 1 most urgent to 2097151), and with `lifo` puts the job before its equals. */
  async changePriority(options: { priority?: number; lifo?: boolean }): Promise<void> {
    await answer(this.queue.native.changeJobPriority(this.knownId(), options.priority ?? 0, options.lifo ?? false));
    this.priority = options.priority ?? 0;
  }

  /** Keeps the lock for `duration` ms from now; 1 if `token` still held it, else 0. */
  extendLock(token: string, duration: number): Promise<number> {
    return answer(this.queue.native.extendJobLock(this.knownId(), token, duration));
  }

  /** The id of a job that has been added. */
  protected knownId(): string {
    if (this.id === undefined) {
      throw new TypeError(`job ${this.name} has not been added to a queue yet`);
    }
    return this.id;
  }

  private async isInState(state: JobState): Promise<boolean> {
    return (await this.getState()) === state;
  }
}
