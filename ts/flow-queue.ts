import type { NativeQueue } from './native';
import type { QueueBaseOptions } from './options/queue-options';
import type { QueueLike } from './queue-like';

/** What a {@link FlowQueue} shares with the producer it belongs to. */
interface Producer {
  native: NativeQueue;
  opts: QueueBaseOptions;
  connectionKey: string;
  closeSignal: AbortSignal;
  emit: (event: string, ...args: unknown[]) => boolean;
}

/** The queue of a job that a flow producer answered. */
export class FlowQueue implements QueueLike {
  readonly native: NativeQueue;
  readonly opts: QueueBaseOptions;
  readonly connectionKey: string;
  readonly closeSignal: AbortSignal;
  readonly qualifiedName: string;
  private readonly producer: Producer;

  constructor(
    readonly name: string,
    producer: Producer,
  ) {
    this.producer = producer;
    this.native = producer.native;
    this.connectionKey = producer.connectionKey;
    this.closeSignal = producer.closeSignal;
    this.qualifiedName = this.native.qualifiedName;
    const prefix = this.qualifiedName.slice(0, -name.length - 1);
    this.opts = { ...producer.opts, prefix };
  }

  emit(event: string, ...args: unknown[]): boolean {
    return this.producer.emit(event, ...args);
  }
}
