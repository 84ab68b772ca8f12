import type { QueueBaseOptions } from './queue-options';

/** Options of a {@link QueueEventsProducer}. */
export type QueueEventsProducerOptions = QueueBaseOptions;

/** Options of {@link QueueEvents}. */
export interface QueueEventsOptions extends QueueBaseOptions {
  /** Start reading at once. Default `true`. */
  autorun?: boolean | undefined;
  /** Read the events after this stream id; `0-0` = from the oldest kept. Default: only new ones. */
  lastEventId?: string | undefined;
  /** Longest wait of one read, ms. Default 10000. */
  blockingTimeout?: number | undefined;
}
