import type { Queue } from '../queue';
import { QueueEvents } from '../queue-events';
import type { QueueAccess } from './queue-access';

/** Events per second. */
export interface Rates {
  added: number;
  completed: number;
  failed: number;
}

interface Counted extends Rates {
  reader: QueueEvents;
  since: number;
}

const EVENTS = ['added', 'completed', 'failed'] as const;

/** Counts what happens in queues, in whatever process, by their event streams. */
export class EventRates {
  private readonly counted = new Map<string, Counted>();

  constructor({ connection, prefix }: QueueAccess, queues: readonly Queue[]) {
    for (const { name } of queues) {
      const reader = new QueueEvents(name, { connection, ...(prefix !== undefined && { prefix }) });
      const counted = { reader, since: performance.now(), added: 0, completed: 0, failed: 0 };
      for (const event of EVENTS) {
        reader.on(event, () => {
          counted[event] += 1;
        });
      }
      // A queue that cannot be read is told by the command's own calls.
      reader.on('error', () => undefined);
      this.counted.set(name, counted);
    }
  }

  /** Rates since the last call for this queue. */
  take(queue: string): Rates {
    const counted = this.counted.get(queue);
    if (counted === undefined) {
      return { added: 0, completed: 0, failed: 0 };
    }
    const seconds = (performance.now() - counted.since) / 1000;
    const { added, completed, failed } = counted;
    Object.assign(counted, { since: performance.now(), added: 0, completed: 0, failed: 0 });
    return { added: added / seconds, completed: completed / seconds, failed: failed / seconds };
  }

  /** Stops counting. */
  async close(): Promise<void> {
    await Promise.all([...this.counted.values()].map(({ reader }) => reader.close()));
  }
}
