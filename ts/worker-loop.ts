import { ChangingMap } from './changing-map';
import { reasonOf } from './failure';
import { Job } from './job';
import { JobTimeoutError } from './errors';
import { JobRunner, type Run, type RunEnd } from './job-runner';
import { parseProgress, returnvalueOf, toJobRecord } from './job-record';
import { LazyJson } from './lazy-json';
import { writeLogLine } from './log-line';
import type { NativeSlotSource, NativeWorker } from './native';
import { answer, toError } from './native-answer';
import type { RepeatOptions } from './options/scheduler-options';
import type { AdvancedOptions } from './options/worker-options';
import type { SortedProcessors } from './processor-map';
import type { QueueLike } from './queue-like';
import { addIterationByStrategy } from './repeat-strategy';
import type { JobProgress } from './types';
import type { WorkerEvent } from './worker-event';
import type { WorkerListener } from './worker-listener';
import { WorkerTurns } from './worker-turns';

/** What the loop needs of the worker it works for. */
export interface LoopOwner<Data, Result, Name extends string, Progress extends JobProgress> extends QueueLike {
  /** What the tokens of its runs begin with. */
  readonly id: string;
  emit<E extends keyof WorkerListener<Data, Result, Name, Progress>>(
    event: E,
    ...args: Parameters<WorkerListener<Data, Result, Name, Progress>[E]>
  ): boolean;
  listenerCount(event: 'log'): number;
}

/** An event of one kind. */
export type EventOf<E extends WorkerEvent['event']> = Extract<WorkerEvent, { event: E }>;

/** Takes batches of events and jobs from the engine, runs the jobs and hands back how they ended. */
export class WorkerLoop<Data, Result, Name extends string, Progress extends JobProgress> {
  /** Runs that have not ended, by number. */
  protected readonly runs = new ChangingMap<Run<Data, Result, Name, Progress>>();
  private closed: () => void = () => undefined;
  private readonly runner: JobRunner<Data, Result, Name, Progress>;
  private readonly turns: WorkerTurns;

  constructor(
    protected readonly owner: LoopOwner<Data, Result, Name, Progress>,
    private readonly native: NativeWorker,
    private readonly processors: SortedProcessors<Data, Result, Name, Progress>,
    private readonly settings: AdvancedOptions | undefined,
  ) {
    this.runner = new JobRunner(processors, settings?.backoffStrategy, (error) => {
      owner.emit('error', error as Error);
    });
    this.turns = new WorkerTurns(native, (event, lines, payload) => {
      this.handle(event, lines, payload);
    });
  }

  /** Starts the engine and goes on until it says that the worker has ended. Until then it keeps the process alive. */
  run(slots: NativeSlotSource): Promise<void> {
    return new Promise((resolve) => {
      this.closed = resolve;
      this.turns.start(slots);
    });
  }

  /** Aborts the signal of a job's run; whether the job runs here. */
  cancel(jobId: string, reason?: string): boolean {
    const runs = this.runs.values().filter((run) => run.job.id === jobId && (run.isNative || !run.isReported));
    for (const run of runs) {
      this.abort(run, reason);
    }
    return runs.length > 0;
  }

  /** Aborts the signals of all runs. */
  cancelAll(reason?: string): void {
    for (const run of this.runs.values()) {
      this.abort(run, reason);
    }
  }

  private abort(run: Run<Data, Result, Name, Progress>, reason: string | undefined): void {
    run.controller?.abort(reason);
    if (run.job.id !== undefined) {
      this.native.cancel(run.job.id, reason);
    }
  }

  protected handle(event: WorkerEvent, lines: readonly string[], payload: number): void {
    const { owner } = this;
    switch (event.event) {
      case 'active':
        this.start(event, lines, payload);
        break;
      case 'completed':
        this.completed(event, lines[payload] ?? '');
        break;
      case 'failed':
        this.failed(event, lines[payload] ?? '');
        break;
      case 'handedBack':
        this.runs.delete(event.run);
        break;
      case 'progress':
        this.progress(event.run, lines[payload] ?? '');
        break;
      case 'log':
        this.log(event);
        break;
      case 'cancelled':
        this.runs.get(event.run)?.controller?.abort(event.reason);
        break;
      case 'timedOut':
        void this.timedOut(event);
        break;
      case 'stalled':
      case 'locksRenewed':
      case 'lockRenewalFailed':
        this.lockNews(event);
        break;
      case 'askSlot':
        void this.closeSchedule(event, lines[payload] ?? '{}');
        break;
      case 'askTime':
        this.native.tick(Date.now());
        break;
      case 'error':
        this.failedWithoutTrace(event);
        break;
      case 'ready':
      case 'drained':
        owner.emit(event.event);
        break;
      case 'closed':
        this.closed();
    }
  }

  private log({ run, message, level }: EventOf<'log'>): void {
    if (this.owner.listenerCount('log') === 0) {
      writeLogLine(level, message);
    } else {
      this.owner.emit('log', this.runs.get(run)?.job, message, level);
    }
  }

  private lockNews(event: EventOf<'stalled' | 'locksRenewed' | 'lockRenewalFailed'>): void {
    if (event.event === 'stalled') {
      this.owner.emit('stalled', event.jobId, 'active');
    } else if (event.event === 'locksRenewed') {
      this.owner.emit('locksRenewed', { count: event.jobIds.length, jobIds: event.jobIds });
    } else {
      this.owner.emit('lockRenewalFailed', event.jobIds);
    }
  }

  private start(event: EventOf<'active'>, lines: readonly string[], payload: number): void {
    const { run: number, isOurs } = event;
    const token = `${this.owner.id}:${number}`;
    const job = Job.fromRecord<Data, Result, Name, Progress>(this.owner, toJobRecord(event.job, lines, payload));
    job.token = token;
    const controller = isOurs && this.processors.wantsSignal(job.name) ? new AbortController() : undefined;
    const run: Run<Data, Result, Name, Progress> = {
      job,
      number,
      token,
      controller,
      isNative: !isOurs,
      isReported: !isOurs,
    };
    this.runs.set(number, run);
    this.owner.emit('active', job, 'waiting');
    const scheduled = this.scheduleNext(job);
    if (isOurs) {
      void (scheduled ? this.processAfter(scheduled, run) : this.process(run));
    } else {
      scheduled?.catch((error: unknown) => this.owner.emit('error', error as Error));
    }
  }

  /** Adds the next job of the scheduler that `job` belongs to, where that takes the user's strategy. */
  scheduleNext(job: Job<Data, Result, Name, Progress>): Promise<void> | undefined {
    const strategy = this.settings?.repeatStrategy;
    return strategy && addIterationByStrategy(this.owner, strategy, job);
  }

  /** Gives a scheduler that has no next job one where the user's strategy wants it. */
  private async closeSchedule({ schedulerId, name, after }: EventOf<'askSlot'>, repeat: string): Promise<void> {
    try {
      const chosen = await this.settings?.repeatStrategy?.(after, JSON.parse(repeat) as RepeatOptions, name);
      if (chosen) {
        await answer(this.owner.native.closeSchedule(schedulerId, chosen, Date.now()));
      }
    } catch (error) {
      this.owner.emit('error', error as Error);
    }
  }

  protected async process(run: Run<Data, Result, Name, Progress>): Promise<void> {
    const end = await this.runner.run(run);
    if (!run.isReported) {
      this.ended(run, end);
    }
  }

  /** A run that took too long fails now, whatever its processor still does. */
  private async timedOut({ run: number, jobId, failure }: EventOf<'timedOut'>): Promise<void> {
    const run = this.runs.get(number);
    if (run && !run.isReported) {
      run.isReported = true;
      const error = new JobTimeoutError(failure.message, { jobId });
      run.controller?.abort(error);
      this.ended(run, await this.runner.fail(run, error));
    }
  }

  /** Hands a run's end to the engine together with all others of this turn. */
  protected ended(run: Run<Data, Result, Name, Progress>, end: RunEnd): void {
    run.isReported = true;
    this.turns.ended(end);
    if (end.outcome !== 'completed' && end.outcome !== 'failed') {
      this.runs.delete(run.number);
    }
  }

  /** Runs a job once the next one is scheduled. If that fails, the job comes again when its lock has run out. */
  private async processAfter(scheduled: Promise<void>, run: Run<Data, Result, Name, Progress>): Promise<void> {
    try {
      await scheduled;
    } catch (error) {
      this.owner.emit('error', error as Error);
      this.ended(run, { run: run.number, outcome: 'moved' });
      return;
    }
    await this.process(run);
  }

  protected completed({ run: number, finishedOn, attemptsMade }: EventOf<'completed'>, returnvalue: string): void {
    const run = this.runs.take(number);
    if (!run) {
      return;
    }
    const { job } = run;
    const result = returnvalue === '' ? (run.result as Result) : LazyJson.parsing<Result>(returnvalue).get();
    Object.assign(job, { finishedOn, attemptsMade });
    job.returnvalue = returnvalueOf(result);
    this.owner.emit('completed', job, result, 'active');
  }

  protected failed(event: EventOf<'failed'>, stacktrace: string): void {
    const run = this.runs.take(event.run);
    const { failure, attemptsMade, finishedOn, delay } = event;
    const error = run?.thrown ?? toFailedError(event);
    if (run) {
      const failedReason = run.thrown === undefined ? failure.message : reasonOf(run.thrown);
      Object.assign(run.job, { failedReason, attemptsMade, delay });
      run.job.stacktrace = stacktrace === '' ? [] : (JSON.parse(stacktrace) as string[]);
      if (finishedOn !== undefined) {
        run.job.finishedOn = finishedOn;
      }
    }
    this.owner.emit('failed', run?.job, error as Error, 'active');
  }

  private progress(run: number, text: string): void {
    const job = this.runs.get(run)?.job;
    if (job) {
      job.progress = parseProgress<Progress>(text);
      this.owner.emit('progress', job, job.progress);
    }
  }

  /** An engine error; if it names a job, its end could not be recorded and no event of it follows. */
  protected failedWithoutTrace({ error }: EventOf<'error'>): void {
    const run = this.runs.values().find(({ job }) => error.jobId !== undefined && job.id === error.jobId);
    if (run?.isReported) {
      this.runs.delete(run.number);
    }
    this.owner.emit('error', toError(error));
  }
}

/** What a processor in Rust failed with. */
function toFailedError({ failure, jobId }: EventOf<'failed'>): Error {
  return failure.name === 'JobTimeoutError'
    ? new JobTimeoutError(failure.message, { jobId })
    : Object.assign(new Error(failure.message), failure);
}
