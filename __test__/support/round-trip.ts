import { once } from 'node:events';

import { Queue, QueueEvents, Worker, type ConnectionOptions } from '../..';
import { uniquePrefix } from './redis';

/** Objects on one connection that have passed a job from one to the other. */
export interface RoundTrip {
  readonly queue: Queue;
  readonly worker: Worker;
  readonly events: QueueEvents;
  /** Adds a job, lets it run and waits for its result as told by the event stream. */
  run(n: number): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens a queue, a worker and an event reader on `connection` and lets one job pass through them. */
export async function roundTrip(connection: ConnectionOptions, prefix = uniquePrefix()): Promise<RoundTrip> {
  const options = { connection, prefix };
  const queue = new Queue<{ n: number }>('work', options);
  const events = new QueueEvents('work', options);
  const worker = new Worker<{ n: number }>('work', (job) => Promise.resolve(job.data.n * 2), options);
  // Attempts to connect that fail are expected while servers change.
  const ignore = (): void => undefined;
  queue.on('error', ignore);
  events.on('error', ignore);
  worker.on('error', ignore);
  const ready = once(worker, 'ready');
  await Promise.all([events.waitUntilReady(), queue.waitUntilReady(), ready]);
  const run = async (n: number): Promise<unknown> => (await queue.add('double', { n })).waitUntilFinished(events);
  const result = await run(21);
  if (result !== 42) throw new Error(`the job's result was ${String(result)}`);
  const close = async (): Promise<void> => {
    await worker.close();
    await events.close();
    await queue.close();
  };
  return { queue, worker, events, run, close };
}
