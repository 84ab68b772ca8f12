import { Redis } from 'ioredis';

import {
  QueueEvents,
  QueueEventsProducer,
  bullmqVersion,
  removeAllQueueData,
  version,
  type QueueEventsListener,
} from '..';
import { redisUrl } from './support/redis';
import { until } from './support/until';
import { Workshop } from './support/workshop';

/** Events of the test's own beside the queue's. */
interface Mine extends QueueEventsListener {
  opened: (args: { at: string; by: string }, id: string) => void;
}

describe('who works on a queue', () => {
  let workshop: Workshop;

  beforeEach(() => {
    workshop = new Workshop();
  });
  afterEach(() => workshop.close());

  test('getWorkers() tells the connections of workers, named ones too, and of no other queue', async () => {
    workshop.work(() => Promise.resolve());
    workshop.work(() => Promise.resolve(), { name: 'second' });
    const workers = await until('two workers', async () => {
      const found = await workshop.queue.getWorkers();
      return found.length === 2 ? found : undefined;
    });
    const base = `${workshop.queue.opts.prefix ?? ''}:${Buffer.from('work').toString('base64')}`;
    expect(workers.map(({ name }) => name)).toEqual(['work', 'work']);
    expect(workers.map(({ rawname }) => rawname).sort()).toEqual([base, `${base}:w:second`]);
    expect(Object.keys(workers[0] ?? {})).toEqual(expect.arrayContaining(['addr', 'cmd', 'id']));
    expect(await workshop.queue.getWorkersCount()).toBe(2);
    expect(await workshop.queue.getQueueEvents()).toEqual([]);
  });

  test('getQueueEvents() tells the connections of event readers', async () => {
    const { connection, queue } = workshop;
    const events = new QueueEvents('work', { connection, prefix: queue.opts.prefix });
    await events.waitUntilReady();
    const [reader, ...others] = await queue.getQueueEvents();
    expect(others).toEqual([]);
    expect(reader?.['rawname']).toMatch(/:qe$/);
    await events.close();
  });

  test('events of a QueueEventsProducer reach QueueEvents under their name', async () => {
    const { connection, queue } = workshop;
    const events = new QueueEvents('work', { connection, prefix: queue.opts.prefix });
    await events.waitUntilReady();
    const seen = new Promise((resolve) => {
      events.on<Mine>('opened', resolve);
    });
    const producer = new QueueEventsProducer('work', { connection, prefix: queue.opts.prefix });
    await producer.publishEvent({ eventName: 'opened', at: 5, by: { name: 'ann' } });
    expect(await seen).toEqual({ at: '5', by: '{"name":"ann"}' });
    await producer.close();
    await events.close();
  });

  test('removeAllQueueData() leaves nothing', async () => {
    await workshop.add(3);
    await workshop.queue.waitUntilReady();
    await removeAllQueueData(new Redis(redisUrl()), 'work', workshop.queue.opts.prefix);
    expect(await workshop.queue.getJobCounts()).toMatchObject({ waiting: 0 });
    expect(await workshop.queue.getJob('1')).toBeUndefined();
  });

  test('tells its own release and the one of BullMQ whose state it writes', () => {
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(workshop.queue.metaValues['version']).toBe(`bullmq:${bullmqVersion}`);
  });
});
