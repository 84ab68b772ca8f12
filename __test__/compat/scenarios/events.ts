import type { QueueEvents } from 'bullmq';

import { section, thrownBy } from '../scenario';
import { reference } from '../side';

type AnyEmitter = Pick<QueueEvents, 'run'> & { on(event: string, listener: (...args: unknown[]) => void): unknown };

/** What a reader of the stream hands out, without the ids of the entries, up to an event of that name. */
async function readUntil(events: QueueEvents, names: readonly string[], last: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  const emitter: AnyEmitter = events;
  await new Promise<void>((resolve) => {
    for (const name of names) {
      emitter.on(name, (...args) => {
        const id = args.pop();
        seen.push([name, ...args, /^\d+-\d+$/.test(String(id))]);
        if (name === last) resolve();
      });
    }
    void emitter.run();
  });
  return seen;
}

/** Ours also has a code. */
const messageOf = (error: unknown): unknown => (error as Error).message;

const ALL = [
  ...['added', 'waiting', 'active', 'delayed', 'completed', 'failed', 'progress', 'drained', 'paused', 'resumed'],
  ...['removed', 'cleaned', 'duplicated', 'retries-exhausted', 'stalled', 'last'],
];

export const events = section('queue events', {
  async *'what a reader hands out of everything that happens'(world) {
    const { queue, work, queueEvents, connection, prefix } = world;
    await queue.add('job', {}, { attempts: 2, jobId: 'one' });
    await queue.add('job', {}, { jobId: 'one' });
    await queue.add('later', {}, { delay: 90_000 });
    await work(async (job) => {
      await job.updateProgress({ half: true });
      if (job.attemptsMade === 0) throw new Error('boom');
      return { ok: [1] };
    });
    await queue.pause();
    await queue.resume();
    await queue.remove('2');
    await queue.clean(0, 0);
    const producer = world.closing(new reference.api.QueueEventsProducer(queue.name, { connection, prefix }));
    await producer.publishEvent({ eventName: 'last', some: 'text', jobId: 'one' });
    yield await readUntil(await queueEvents(), [...ALL, 'completed:one', 'progress:one'], 'last');
  },
  async *'run twice'({ queueEvents }) {
    const reader = await queueEvents();
    void reader.run();
    yield await thrownBy(() => reader.run());
  },
});

export const waitUntilFinished = section('waitUntilFinished', {
  async *'of jobs that finish later'({ queue, work, queueEvents }) {
    const reader = await queueEvents();
    void reader.run();
    const [fine, bad] = [await queue.add('fine', {}), await queue.add('bad', {})];
    const results = Promise.all([fine.waitUntilFinished(reader), thrownBy(() => bad.waitUntilFinished(reader))]);
    await work((job) => (job.name === 'fine' ? Promise.resolve({ x: 1 }) : Promise.reject(new Error('boom'))));
    yield await results;
  },
  async *'of jobs that have finished'({ queue, work, queueEvents }) {
    const reader = await queueEvents();
    void reader.run();
    const [fine, bad] = [await queue.add('fine', {}), await queue.add('bad', {})];
    await work((job) => (job.name === 'fine' ? Promise.resolve({ x: 1 }) : Promise.reject(new Error('boom'))));
    yield [await fine.waitUntilFinished(reader), await thrownBy(() => bad.waitUntilFinished(reader))];
  },
  async *'of a job that was removed'({ queue, queueEvents }) {
    const reader = await queueEvents();
    void reader.run();
    const job = await queue.add('gone', {});
    await job.remove();
    yield messageOf(await thrownBy(() => job.waitUntilFinished(reader)));
  },
  async *'with a limit on time'({ queue, queueEvents }) {
    const reader = await queueEvents();
    void reader.run();
    const job = await queue.add('slow', {});
    yield await thrownBy(() => job.waitUntilFinished(reader, 30));
  },
});
