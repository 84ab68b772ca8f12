import { randomUUID } from 'node:crypto';

import { delay } from './bullmq/delay';
import { RateLimitError } from './control-flow';
import { NextIterationError } from './errors';
import { Job } from './job';
import { readJobRecord } from './job-record';
import { localZone } from './local-zone';
import { NativeWorker, type NativeSlotSource } from './native';
import { answer, calling } from './native-answer';
import { defaultsOf, jobsAtOnce, nativeWorkerOptions } from './native-worker-options';
import { openWorkers } from './open-workers';
import type { CloseOptions, GetNextJobOptions, WorkerOptions } from './options/worker-options';
import { processorOf, sortProcessors, type ProcessorMap, type SortedProcessors } from './processor-map';
import { QueueBase } from './queue-base';
import { isProcessorFile, type ProcessorFile } from './sandbox/processor-file';
import { Sandbox } from './sandbox/sandbox';
import { traceWorker } from './telemetry/worker-spans';
import { StalledCheckTimer } from './stalled-check-timer';
import type { JobProgress, Processor, Untyped, WorkerHealth } from './types';
import { WorkerLoop } from './worker-loop';
import type { WorkerListener } from './worker-listener';

/**
 * Takes jobs from a queue and runs them.
 *
 * `processor` is a function that runs every job, a map from job names to functions and native processors, a file that exports a
 * function (run in a process of its own), or `null` for manual processing. Keeps the process alive until it is closed; an idle event loop is not needed to keep the locks of running jobs.
 *
 * ```ts
 * const worker = new Worker('email', async (job) => send(job.data), { connection: 'redis://127.0.0.1:6379', concurrency: 5 });
 * worker.on('failed', (job, error) => console.error(job?.id, error));
 * ```
 */
export class Worker<
  DataType = Untyped,
  ResultType = Untyped,
  NameType extends string = string,
  ProgressType extends JobProgress = JobProgress,
> extends QueueBase<WorkerListener<DataType, ResultType, NameType, ProgressType>> {
  declare readonly opts: WorkerOptions;
  /** Unique to this worker; lock tokens begin with it. */
  readonly id: string = randomUUID();
  private readonly processors: SortedProcessors<DataType, ResultType, NameType, ProgressType>;
  private readonly nativeWorker: NativeWorker;
  private readonly sandbox: Sandbox | undefined;
  private readonly loop: WorkerLoop<DataType, ResultType, NameType, ProgressType>;
  private running: Promise<void> | undefined;
  private paused = false;
  private stalledCheck: StalledCheckTimer | undefined;

  /**
   * @throws `Error` `Worker requires a connection`, `File <path> does not exist`, or one that names an option that cannot work.
   */
  constructor(
    name: string,
    processor?:
      | Processor<DataType, ResultType, NameType, ProgressType>
      | ProcessorMap<NoInfer<DataType>, NoInfer<ResultType>, NoInfer<NameType>, NoInfer<ProgressType>>
      | ProcessorFile
      | null,
    opts: WorkerOptions = {},
  ) {
    if (!opts.connection) {
      throw new Error('Worker requires a connection');
    }
    const given = processorOf(processor);
    const sandbox = isProcessorFile(given) ? new Sandbox(given, opts) : undefined;
    super(name, { ...defaultsOf(opts), ...opts });
    this.sandbox = sandbox;
    const processors = sortProcessors(isProcessorFile(given) ? sandbox?.processor() : given);
    this.processors = processors;
    const options = nativeWorkerOptions(opts);
    this.nativeWorker = calling(() => new NativeWorker(this.id, this.native, options));
    this.native.setWorkOptions(options, this.slotSource());
    for (const [jobName, native] of processors.native) {
      this.nativeWorker.addProcessor(jobName, native);
    }
    this.loop = this.openLoop();
    if (processors.javascript && opts.autorun !== false) {
      this.run().catch((error: unknown) => {
        this.emit('error', error as Error);
      });
    }
  }

  /** The error a processor throws after {@link Worker.rateLimit}, to put its job back to wait. */
  static RateLimitError(): Error {
    return new RateLimitError();
  }

  /** Jobs run at once. A change takes effect with the next fetch; running jobs go on. */
  get concurrency(): number {
    return this.opts.concurrency ?? 1;
  }

  set concurrency(concurrency: number) {
    calling(() => {
      this.nativeWorker.setConcurrency(jobsAtOnce(concurrency));
    });
    this.opts.concurrency = concurrency;
  }

  /**
   * Takes and runs jobs until closed; only needed with `autorun: false`.
   *
   * @throws `Error` `No process function is defined.` or `Worker is already running.`
   */
  async run(): Promise<void> {
    if (!this.processors.javascript) {
      throw new Error('No process function is defined.');
    }
    if (this.running) {
      throw new Error('Worker is already running.');
    }
    if (this.closing) return;
    this.running = this.loop.run(this.slotSource());
    if (this.paused) {
      this.nativeWorker.pause();
    }
    openWorkers().add(this as unknown as Worker);
    await this.running;
  }

  /** Whether the worker takes jobs: it was started and is neither paused nor closed. */
  isRunning(): boolean {
    return this.running !== undefined && !this.paused && this.closing === undefined;
  }

  /** Whether {@link Worker.pause} holds. */
  isPaused(): boolean {
    return this.paused;
  }

  /** Takes no more jobs and, unless `doNotWaitActive`, waits until the running ones have ended. */
  async pause(doNotWaitActive = false): Promise<void> {
    if (this.paused) {
      return;
    }
    this.paused = true;
    this.nativeWorker.pause();
    if (!doNotWaitActive && this.running) {
      await this.nativeWorker.whenIdle();
    }
    this.emit('paused');
  }

  /** Takes jobs again. */
  resume(): Promise<void> {
    if (this.paused) {
      this.paused = false;
      this.nativeWorker.resume(Date.now());
      this.emit('resumed');
    }
    return Promise.resolve();
  }

  /**
   * Takes no more jobs and ends when the running ones have ended. Works while Redis is down, and twice.
   *
   * `true` does not wait for running jobs: their locks run out and another worker takes them. `{ timeout }` waits that long and
   * then hands them back to the queue, without burning an attempt.
   */
  override close(how: boolean | CloseOptions = false): Promise<void> {
    const isFirst = this.closing === undefined;
    // Also a later call may set a deadline or move it nearer.
    this.nativeWorker.requestClose(deadlineOf(how));
    this.closing ??= this.shutDown();
    if (isFirst) {
      this.emit('closing', 'closing queue');
    }
    return this.closing;
  }

  /**
   * Takes the next job, for manual processing; `undefined` if there is none.
   *
   * Its lock holds `token` and is not renewed: finish the job, or call `job.extendLock`, within `lockDuration`. Unless `block` is
   * `false`, waits up to `drainDelay` for a job.
   */
  async getNextJob(
    token: string,
    { block = true }: GetNextJobOptions = {},
  ): Promise<Job<DataType, ResultType, NameType, ProgressType> | undefined> {
    if (this.paused || this.closing) {
      return undefined;
    }
    let job: Job<DataType, ResultType, NameType, ProgressType>;
    try {
      const lines = await answer(this.native.takeJob(token, block, Date.now()));
      if (!lines) {
        return undefined;
      }
      job = Job.fromRecord(this, readJobRecord<DataType, ResultType>(lines.split('\n'), 0));
      await this.loop.scheduleNext(job);
    } catch (error) {
      if (!(error instanceof NextIterationError)) {
        throw error;
      }
      this.emit('error', error);
      return undefined;
    }
    job.token = token;
    this.emit('active', job, 'waiting');
    return job;
  }

  /** Keeps locks of jobs for `duration` ms from now; answers the jobs whose lock is gone. */
  async extendJobLocks(jobIds: string[], tokens: string[], duration: number): Promise<string[]> {
    return answer(this.native.extendJobLocks(jobIds, tokens, duration));
  }

  /**
   * Looks every `stalledInterval`, beginning now, for jobs whose worker vanished. A worker that runs does so by itself; this is for
   * one that works by hand. Does nothing with `skipStalledCheck`.
   */
  async startStalledCheckTimer(): Promise<void> {
    const { skipStalledCheck, stalledInterval } = this.opts;
    if (skipStalledCheck !== true && !this.running && !this.closing) {
      this.stalledCheck ??= new StalledCheckTimer(this, stalledInterval ?? 0);
      await this.stalledCheck.start();
    }
  }

  /** Stops jobs from starting for `expireTimeMs` ms, in all workers; throw `Worker.RateLimitError()` afterwards. */
  async rateLimit(expireTimeMs: number): Promise<void> {
    await answer(this.native.rateLimit(expireTimeMs));
  }

  /** Aborts the signal of a running job; whether it runs here. What that means for the job is its processor's decision. */
  cancelJob(jobId: string, reason?: string): boolean {
    return this.loop.cancel(jobId, reason);
  }

  /** Aborts the signals of all running jobs. */
  cancelAllJobs(reason?: string): void {
    this.loop.cancelAll(reason);
  }

  /** How the worker is doing, without asking Redis. */
  health(): WorkerHealth {
    const { connected, lastFetchAgeMs = null, activeJobs, eventLoopLagMs } = this.nativeWorker.health();
    return { connected, lastFetchAgeMs, activeJobs, eventLoopLagMs };
  }

  /** Waits; ends early when `abortController` is aborted. */
  async delay(milliseconds = 0, abortController?: AbortController): Promise<void> {
    await delay(milliseconds, abortController);
  }

  private openLoop(): WorkerLoop<DataType, ResultType, NameType, ProgressType> {
    const { nativeWorker, processors, tracing, opts } = this;
    const loop = [this, nativeWorker, processors, opts.settings] as const;
    return tracing ? traceWorker(this, tracing, [...loop]) : new WorkerLoop(...loop);
  }

  private slotSource(): NativeSlotSource {
    return { localZone: localZone(), asksStrategy: this.opts.settings?.repeatStrategy !== undefined };
  }

  /** The worker's own events tell. */
  protected override watchesConnection(): boolean {
    return false;
  }

  /** A worker outlives any outage. */
  protected override waitsForConnection(): boolean {
    return true;
  }

  protected override async shutDown(): Promise<void> {
    this.stalledCheck?.stop();
    await this.nativeWorker.closed();
    // Failures of the loop have been emitted.
    await this.running?.catch(() => undefined);
    this.running = undefined;
    await this.sandbox?.close();
    await super.shutDown();
    this.emit('closed');
  }
}

/** How long to wait for running jobs, ms; no limit if absent. */
function deadlineOf(how: boolean | CloseOptions): number | undefined {
  if (typeof how !== 'boolean') return how.timeout;
  return how ? 0 : undefined;
}
