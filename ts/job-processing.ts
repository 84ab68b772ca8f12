import { definedOnly } from './defined-only';
import { toFailure } from './failure';
import { stringifyValue } from './job-data';
import { JobMoves } from './job-moves';
import { JobFields } from './job-fields';
import { readJobRecord, returnvalueOf } from './job-record';
import { linesOf, type RunEnd } from './job-runner';
import { answer } from './native-answer';
import { measureMove, traceEnd } from './telemetry/end-spans';
import type { JobJson, JobProgress } from './types';

/** What a finish that takes the next job answers: that job, its id, ms until the rate limit ends, time of the next delayed job. */
export type NextJobData = [
  job: Omit<JobJson, 'id'> | undefined,
  id: string | undefined,
  limitDelay: number,
  delayUntil: number,
];

/** How a job that is processed by hand ends. */
type ManualEnd = Omit<RunEnd, 'run' | 'outcome'> & { outcome: 'completed' | 'failed' };

/** What the owner of a job's lock may do with it, and the processor that a worker runs need not. */
export abstract class JobProcessing<Data, Result, Name extends string, Progress extends JobProgress> extends JobMoves<
  Data,
  Result,
  Name,
  Progress
> {
  /**
   * Completes the job and, unless `fetchNext` is `false`, takes the next one under the same token.
   *
   * @throws `LockMissingError` (`code` -2) or `LockMismatchError` (-6) if `token` does not hold the lock; `TypeError` for a value
   * that JSON cannot express.
   */
  async moveToCompleted(returnValue: Result, token: string, fetchNext = true): Promise<NextJobData | []> {
    this.returnvalue = returnvalueOf(returnValue);
    return this.finish({ outcome: 'completed', returnvalue: stringifyValue(returnValue) }, token, fetchNext);
  }

  /**
   * Fails the attempt; the job is tried again while attempts are left. With `fetchNext` the next job is taken under the same token.
   *
   * @throws as {@link Job.moveToCompleted}.
   */
  async moveToFailed(error: Error, token: string, fetchNext = false): Promise<NextJobData | []> {
    this.failedReason = error.message;
    return this.finish({ outcome: 'failed', failure: toFailure(error) }, token, fetchNext);
  }

  /**
   * Puts an active job back to wait without burning an attempt; throw `WaitingError` from the processor afterwards.
   * Answers how long the rate limit keeps jobs from starting, ms.
   *
   * @throws as {@link Job.moveToCompleted}.
   */
  async moveToWait(token: string | undefined = this.token): Promise<number> {
    await answer(this.queue.native.moveJobToWait(this.knownId(), token ?? '0', Date.now()));
    measureMove(this.queue.tracing, this, 'waiting');
    return Math.max(await answer(this.queue.native.getRateLimitTtl()), 0);
  }

  /**
   * Makes an active job run again at `timestamp`, ms since the Unix epoch, without burning an attempt; throw `DelayedError` from
   * the processor afterwards.
   *
   * @throws as {@link Job.moveToCompleted}.
   */
  async moveToDelayed(timestamp: number, token: string | undefined = this.token): Promise<void> {
    const now = Date.now();
    await answer(this.queue.native.moveJobToDelayed(this.knownId(), token ?? '0', timestamp, now));
    this.delay = Math.max(timestamp - now, 0);
    measureMove(this.queue.tracing, this, 'delayed');
  }

  private finish(end: ManualEnd, token: string | undefined, fetchNext: boolean): Promise<NextJobData | []> {
    const { tracing } = this.queue;
    return tracing
      ? traceEnd(tracing, this, end.outcome, () => this.finishUntraced(end, token, fetchNext))
      : this.finishUntraced(end, token, fetchNext);
  }

  private async finishUntraced(
    end: ManualEnd,
    token: string | undefined,
    fetchNext: boolean,
  ): Promise<NextJobData | []> {
    const id = this.knownId();
    const job = {
      id,
      token: token ?? '',
      opts: JSON.stringify(this.opts),
      attemptsMade: this.attemptsMade,
      attemptsStarted: this.attemptsStarted,
      stacktrace: JSON.stringify(this.stacktrace ?? []),
    };
    const lines = linesOf({ run: 0, ...end });
    const ended = await answer(this.queue.native.finishJob(job, lines, fetchNext, Date.now()));
    this.attemptsMade = ended.attemptsMade;
    this.delay = ended.delayMs;
    if (typeof ended.finishedOn === 'number') {
      this.finishedOn = ended.finishedOn;
    }
    if (typeof ended.stacktrace === 'string') {
      this.stacktrace = JSON.parse(ended.stacktrace) as string[];
    }
    return ended.next ? this.nextJob(ended.next) : [];
  }

  private nextJob(next: { job?: string; rateLimitMs: number; nextDelayedMs: number }): NextJobData | [] {
    if (next.job === undefined) {
      const isKnown = next.rateLimitMs > 0 || next.nextDelayedMs > 0;
      return isKnown ? [undefined, undefined, next.rateLimitMs, next.nextDelayedMs] : [];
    }
    const job = JobFields.read(this.queue, readJobRecord(next.job.split('\n'), 0));
    const { delay, priority, deferredFailure, processedBy } = job;
    const { id, ...json } = {
      ...job.asJSON(),
      ...{ delay, priority },
      ...definedOnly({ deferredFailure, processedBy }),
    };
    return [json, id, next.rateLimitMs, next.nextDelayedMs];
  }
}
