import { EventEmitter } from 'node:events';

import type { Untyped } from './types';

/** A listener of any event. */
type Listener = (...args: Untyped[]) => void;

/** The listener of one event in a map of listeners. */
type ListenerOf<Listeners, Event extends keyof Listeners> = Listeners[Event] extends Listener
  ? Listeners[Event]
  : never;

/** Names of the events in a map of listeners. */
type EventOf<Listeners> = Extract<keyof Listeners, string>;

/**
 * An event emitter whose listeners cannot harm its owner: what one throws is emitted as `error`, and an `error` that nobody
 * listens to, or whose listener throws, goes to the console.
 *
 * `Listeners` maps event names to listeners.
 */
export class SafeEmitter<Listeners> extends EventEmitter {
  override emit<Event extends EventOf<Listeners>>(
    event: Event,
    ...args: Parameters<ListenerOf<Listeners, Event>>
  ): boolean {
    if (event === 'error' && this.listenerCount(event) === 0) {
      return printed(args[0]);
    }
    try {
      return super.emit(event, ...args);
    } catch (thrown) {
      return this.reportError(thrown);
    }
  }

  override on<Event extends EventOf<Listeners>>(event: Event, listener: ListenerOf<Listeners, Event>): this {
    return super.on(event, listener);
  }

  override once<Event extends EventOf<Listeners>>(event: Event, listener: ListenerOf<Listeners, Event>): this {
    return super.once(event, listener);
  }

  override off<Event extends EventOf<Listeners>>(event: Event, listener: ListenerOf<Listeners, Event>): this {
    return super.off(event, listener);
  }

  /** Emits an event whose name or arguments the types do not know. */
  protected emitUnchecked(event: string, ...args: unknown[]): boolean {
    return this.emit(event as never, ...(args as never));
  }

  private reportError(error: unknown): boolean {
    try {
      return this.listenerCount('error') > 0 ? super.emit('error', error) : printed(error);
    } catch (unheard) {
      return printed(unheard);
    }
  }
}

function printed(error: unknown): false {
  console.error(error);
  return false;
}
