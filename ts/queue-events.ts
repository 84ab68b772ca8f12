import { NativeQueueEvents } from './native';
import { answer, calling } from './native-answer';
import type { QueueEventsOptions } from './options/queue-events-options';
import { QueueBase } from './queue-base';
import type { JobProgress, Untyped } from './types';

/** A job that waits for its time. */
export interface DelayedEvent {
  /** The job. */
  jobId: string;
  /** When it may run, ms since the Unix epoch. */
  delay: number;
}

/** A job that changed its state. */
export interface MovedEvent {
  /** The job. */
  jobId: string;
  /** The state it was in before, where that is known. */
  prev?: string;
}

/** Listeners of {@link QueueEvents}; `id` is the event's id in the stream. */
export interface QueueEventsListener<ReturnType = Untyped> {
  /** A worker took a job. */
  active: (args: MovedEvent, id: string) => void;
  /** A job was added. */
  added: (args: { jobId: string; name: string }, id: string) => void;
  /** `clean` removed `count` jobs. */
  cleaned: (args: { count: string }, id: string) => void;
  /** A job completed with `returnvalue`. */
  completed: (args: { jobId: string; returnvalue: ReturnType; prev?: string }, id: string) => void;
  /** `jobId` holds the deduplication id, and `deduplicatedJobId` made way: it was not added, or it was replaced. */
  deduplicated: (args: { jobId: string; deduplicationId: string; deduplicatedJobId: string }, id: string) => void;
  /** A job waits for its time: it was added with a delay, or goes on later. */
  delayed: (args: DelayedEvent, id: string) => void;
  /** A job ended, and none waits or runs any more. */
  drained: (id: string) => void;
  /** A job was not added, because its id is in use. */
  duplicated: (args: { jobId: string }, id: string) => void;
  /** Events could not be read, or a listener threw; reading goes on. */
  error: (error: Error) => void;
  /** A job failed for good. */
  failed: (args: { jobId: string; failedReason: string; prev?: string }, id: string) => void;
  /** The queue was paused. */
  paused: (args: object, id: string) => void;
  /** A processor told its progress. */
  progress: (args: { jobId: string; data: JobProgress }, id: string) => void;
  /** A job was removed. */
  removed: (args: MovedEvent, id: string) => void;
  /** The queue was resumed. */
  resumed: (args: object, id: string) => void;
  /** A job failed in the last of its attempts; follows `failed`. */
  'retries-exhausted': (args: { jobId: string; attemptsMade: string }, id: string) => void;
  /** A job lost its worker and will run again. */
  stalled: (args: { jobId: string }, id: string) => void;
  /** A job may run. */
  waiting: (args: MovedEvent, id: string) => void;
  /** A job waits for its children. */
  'waiting-children': (args: MovedEvent, id: string) => void;
  /** The same events of one job. */
  [ofJob: `${string}:${string}`]: (args: Untyped, id: string) => void;
}

/** One line of a batch from the engine. */
interface NativeEvent {
  event: string;
  id: string;
  args: Record<string, unknown> & { jobId?: string };
}

type KeyOf<T extends object> = Extract<keyof T, string>;
type Listener<T> = Extract<T, (...args: Untyped[]) => void>;

/**
 * Listens to what happens to a queue, in whatever process, through its event stream.
 *
 * Keeps the process alive until it is closed. Every event of a job is also emitted as `<event>:<job id>`.
 */
export class QueueEvents<ReturnType = Untyped> extends QueueBase<QueueEventsListener<ReturnType>> {
  declare readonly opts: QueueEventsOptions;
  private readonly stream: NativeQueueEvents;
  private ready: Promise<unknown> | undefined;
  private reading: Promise<void> | undefined;

  constructor(name: string, opts: QueueEventsOptions = {}) {
    super(name, opts);
    const { lastEventId, blockingTimeout } = opts;
    this.stream = calling(() => new NativeQueueEvents(this.native, lastEventId, blockingTimeout));
    if (opts.autorun !== false) {
      this.run().catch((error: unknown) => {
        this.emitError(error);
      });
    }
  }

  override on<
    L extends QueueEventsListener<ReturnType> = QueueEventsListener<ReturnType>,
    U extends KeyOf<L> = KeyOf<L>,
  >(event: U, listener: Listener<L[U]>): this {
    return super.on(event as never, listener as never);
  }

  override once<
    L extends QueueEventsListener<ReturnType> = QueueEventsListener<ReturnType>,
    U extends KeyOf<L> = KeyOf<L>,
  >(event: U, listener: Listener<L[U]>): this {
    return super.once(event as never, listener as never);
  }

  override off<
    L extends QueueEventsListener<ReturnType> = QueueEventsListener<ReturnType>,
    U extends KeyOf<L> = KeyOf<L>,
  >(event: U, listener: Listener<L[U]>): this {
    return super.off(event as never, listener as never);
  }

  /**
   * Reads events until closed; only needed with `autorun: false`.
   *
   * @throws `Error` `Queue Events is already running.`
   */
  async run(): Promise<void> {
    if (this.reading) {
      throw new Error('Queue Events is already running.');
    }
    this.ready = answer(this.stream.ready());
    this.reading = this.readEvents(this.ready).catch((error: unknown) => {
      // Closing ends the reading, also while it waits for its connection.
      if (!this.closeSignal.aborted) {
        throw error;
      }
    });
    await this.reading;
  }

  /** Waits until events are read: what happens from then on is seen. */
  override async waitUntilReady(): Promise<void> {
    await (this.ready ?? super.waitUntilReady());
  }

  /** A reader outlives any outage. */
  protected override waitsForConnection(): boolean {
    return true;
  }

  protected override async shutDown(): Promise<void> {
    this.endWaits();
    await this.stream.close();
    await this.reading?.catch(() => undefined);
    await super.shutDown();
  }

  private emitError(error: unknown): void {
    if (!this.closeSignal.aborted) {
      this.emitUnchecked('error', error);
    }
  }

  private async readEvents(ready: Promise<unknown>): Promise<void> {
    await ready;
    while (!this.closeSignal.aborted) {
      try {
        const batch = await answer(this.stream.next());
        for (const line of batch === '' ? [] : batch.split('\n')) {
          this.emitEvent(JSON.parse(line) as NativeEvent);
        }
      } catch (error) {
        // The next read opens a new connection and goes on where this one ended.
        this.emitError(error);
      }
    }
  }

  private emitEvent(event: NativeEvent): void {
    if (event.event === 'drained') {
      this.emitUnchecked(event.event, event.id);
    } else {
      this.emitUnchecked(event.event, event.args, event.id);
      if (event.args.jobId !== undefined) {
        this.emitUnchecked(`${event.event}:${event.args.jobId}`, event.args, event.id);
      }
    }
  }
}
