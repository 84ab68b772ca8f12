import { EventEmitter } from 'node:events';

import type { NativeQueue } from './native';
import { answer } from './native-answer';

/** What dashboards ask the server itself. */
export interface ServerClient {
  /** What the server says about itself: lines of `field:value`, as Redis' `INFO` prints them. */
  info(): Promise<string>;
}

/**
 * What stands behind a queue, as far as dashboards ask for it in the words of BullMQ 6.
 *
 * It is no client: commands go through the engine. An event emitter because its readers register for `error` and `close`; it emits
 * neither, since connections are shared and reconnect by themselves.
 */
export class QueueBackend extends EventEmitter {
  /** For questions to the server; a promise, as with BullMQ. */
  readonly client: Promise<ServerClient>;

  /** @internal */
  constructor(private readonly native: NativeQueue) {
    super();
    this.client = Promise.resolve({ info: () => answer(native.serverInfo()) });
  }

  /** Waits until Redis answers. */
  async waitUntilReady(): Promise<void> {
    await answer(this.native.waitUntilReady());
  }

  /** Does nothing: the queue owns its connection. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
