import { stringifyValue } from './job-data';
import { answer } from './native-answer';
import { QueueBase } from './queue-base';
import type { QueueEventsProducerOptions } from './options/queue-events-options';

/** What a {@link QueueEventsProducer} emits itself. */
export interface QueueEventsProducerListener {
  /** Redis could not be reached. */
  error: (error: Error) => void;
}

/**
 * Publishes events of one's own in a queue's stream; {@link QueueEvents} emits them under their name.
 *
 * ```ts
 * const producer = new QueueEventsProducer('email', { connection: 'redis://127.0.0.1:6379' });
 * await producer.publishEvent({ eventName: 'opened', messageId: '17' });
 * ```
 */
export class QueueEventsProducer extends QueueBase<QueueEventsProducerListener> {
  constructor(name: string, opts: QueueEventsProducerOptions = {}) {
    super(name, opts);
  }

  /**
   * Appends an event to the stream, which then keeps about its newest `maxEvents`. Readers get every field as text: objects as
   * JSON, `null` and `undefined` as an empty one.
   */
  async publishEvent<
    T extends {
      /** Name of the event. */
      eventName: string;
    },
  >(event: T, maxEvents = 1000): Promise<void> {
    const { eventName, ...fields } = event;
    const shown: [string, unknown][] = [['event', eventName], ...Object.entries(fields)];
    const names = shown.map(([name]) => name);
    const values = shown.map(([, value]) => textOf(value));
    await answer(this.native.publishEvent({ names, values, maxEvents }));
  }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  return typeof value === 'string' ? value : stringifyValue(value);
}
