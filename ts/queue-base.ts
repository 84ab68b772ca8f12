import { toNativeConnection } from './connection/native-connection';
import { toNativeStrategy } from './connection/retry-strategy';
import { NativeQueue } from './native';
import { answer, calling, toError } from './native-answer';
import type { QueueBaseOptions } from './options/queue-options';
import { QueueBackend } from './queue-backend';
import type { QueueLike } from './queue-like';
import { SafeEmitter } from './safe-emitter';
import { Tracing } from './telemetry/tracing';
import { endOfTurn } from './timers';

/** Names of a queue's keys; `''` is what they all begin with. */
export type KeysMap = Record<string, string>;

/** What queues, workers and event readers have in common. */
export class QueueBase<Listeners> extends SafeEmitter<Listeners> implements QueueLike {
  /** Set once {@link QueueBase.close} has been called. */
  closing: Promise<void> | undefined;
  /** Names of the queue's keys in Redis. */
  readonly keys: KeysMap;
  /** `<prefix>:<queue name>` */
  readonly qualifiedName: string;
  /** @internal */
  readonly native: NativeQueue;
  /** @internal */
  readonly connectionKey: string;
  /** @internal */
  readonly tracing: Tracing | undefined;
  private backend: QueueBackend | undefined;
  private readonly closeController = new AbortController();

  constructor(
    /** Name of the queue. */
    readonly name: string,
    /** The options given. */
    readonly opts: QueueBaseOptions,
  ) {
    super();
    const { connection, retryStrategy } = toNativeConnection(opts.connection, { waits: this.waitsForConnection() });
    this.connectionKey = JSON.stringify(connection);
    const { prefix, deadlineMs } = opts;
    const options = JSON.stringify({ name: nameOf(name), prefix, deadlineMs, connection });
    this.native = calling(() => new NativeQueue(options, toNativeStrategy(retryStrategy)));
    this.keys = JSON.parse(this.native.keys) as KeysMap;
    this.qualifiedName = this.native.qualifiedName;
    this.tracing = opts.telemetry && new Tracing(opts.telemetry, name, (error) => this.emitUnchecked('error', error));
    if (this.watchesConnection()) {
      this.native.watchConnection((code, message) => {
        if (!this.closing) {
          this.emitUnchecked('error', toError({ code, message }));
        }
      });
    }
  }

  /** @internal Aborted once this object is closed. */
  get closeSignal(): AbortSignal {
    return this.closeController.signal;
  }

  /** What stands behind the queue, for dashboards: `(await queue.getBackend().client).info()`. */
  getBackend(): QueueBackend {
    this.backend ??= new QueueBackend(this.native);
    return this.backend;
  }

  /** The full key of one of the queue's suffixes, or of a job by its id. */
  toKey(type: string): string {
    return `${this.keys[''] ?? ''}${type}`;
  }

  /**
   * Waits until Redis answers.
   *
   * @throws the connection error, such as `connect ECONNREFUSED 127.0.0.1:6379`, once `retryStrategy` gives up.
   */
  async waitUntilReady(): Promise<void> {
    await answer(this.native.waitUntilReady());
  }

  /** Lets go of the connection; calls under way are answered first. Also works while Redis is down, and twice. */
  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  /** Lets go of the connection without waiting for calls under way. */
  async disconnect(): Promise<void> {
    this.endWaits();
    await this.native.close(false);
  }

  /** What closing means for this object; called once. */
  protected async shutDown(): Promise<void> {
    this.endWaits();
    // Jobs added in this turn are on their way only at its end.
    await endOfTurn();
    await this.native.close(true);
  }

  /** The queue's name as it stands in the names of connections. */
  protected base64Name(): string {
    return Buffer.from(this.name).toString('base64');
  }

  /** Name of a connection that belongs to the queue. */
  protected clientName(suffix = ''): string {
    return this.native.clientName + suffix;
  }

  /** Whether failed attempts to connect are to be emitted from here. */
  protected watchesConnection(): boolean {
    return true;
  }

  /** Whether calls outlive every failed attempt to connect, whatever the connection's own options say. */
  protected waitsForConnection(): boolean {
    return false;
  }

  /** Ends what waits on this object. */
  protected endWaits(): void {
    this.closeController.abort();
  }
}

/** An empty name is refused by the engine. */
function nameOf(name: unknown): string {
  if (name === undefined || name === null) return '';
  if (typeof name !== 'string') throw new TypeError('Queue name must be a string');
  return name;
}
