import { QUEUE_NAMES, QueueEvents, QueueService, type QueueName } from '@synapse/queue';

import { settings } from '../settings';

/** What Next.js holds open towards Redis. */
interface Opened {
  service: QueueService;
  events: Map<QueueName, QueueEvents>;
}

/** `next dev` evaluates this module anew after every change: connections are kept where that does not reach. */
const kept = globalThis as { exampleQueues?: Opened };

/** Where the queues are, for everything that opens one. */
export function redis() {
  return { connection: { url: settings.redisUrl }, prefix: settings.queuePrefix };
}

function opened(): Opened {
  return (kept.exampleQueues ??= {
    service: new QueueService(redis()),
    events: new Map(),
  });
}

/** The process's one service for adding jobs. */
export function queueService(): QueueService {
  return opened().service;
}

/** The process's one reader of a queue's events, whoever listens. */
export function queueEvents(name: QueueName): QueueEvents {
  const { events } = opened();
  const reader = events.get(name) ?? new QueueEvents(name, redis());
  if (!events.has(name)) {
    events.set(name, reader);
    // One listener for each open page.
    reader.setMaxListeners(0);
    reader.on('error', (error) => console.error(`Events of ${name}:`, error.message));
  }
  return reader;
}

export { QUEUE_NAMES };
