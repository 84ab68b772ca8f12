import type { NativeQueue } from './native';
import type { QueueBaseOptions } from './options/queue-options';
import type { Tracing } from './telemetry/tracing';
import type { Untyped } from './types';

/** What a job needs of the object that holds it: a queue, a worker, or an object that stands in for one. */
export interface QueueLike {
  /** Name of the queue. */
  readonly name: string;
  /** `<prefix>:<queue name>` */
  readonly qualifiedName: string;
  /** What the object was made with. */
  readonly opts: QueueBaseOptions;
  /** @internal Operations on the queue's state. */
  readonly native: NativeQueue;
  /** @internal Aborted once the object is closed; what waits on the queue must end then. */
  readonly closeSignal: AbortSignal;
  /** @internal Identifies the server, so that objects working on the same queue can share what they use. */
  readonly connectionKey: string;
  /** @internal Set if the object has `telemetry`. */
  readonly tracing?: Tracing | undefined;
  // Emitters that know their events take fewer names and arguments than any caller may think of.
  /** Tells listeners; whether there were any. */
  emit(event: Untyped, ...args: Untyped[]): boolean;
}
