import { Redis } from 'ioredis';

import { redisUrl } from './support/redis';
import { until } from './support/until';
import { Workshop } from './support/workshop';

/** Several pages of every operation. */
const JOBS = 2500;

describe('operations on many jobs, in pages', () => {
  let workshop: Workshop;
  let redis: Redis;

  beforeEach(() => {
    workshop = new Workshop();
    redis = new Redis(redisUrl());
  });
  afterEach(async () => {
    await redis.quit();
    await workshop.close();
  });

  async function add(opts = {}): Promise<void> {
    await workshop.queue.addBulk(Array.from({ length: JOBS }, (_, n) => ({ name: 'job', data: { n }, opts })));
  }

  async function finishAll(): Promise<void> {
    const worker = workshop.work(() => Promise.resolve(), { concurrency: 100 });
    await until('all finished', async () => (await workshop.queue.getCompletedCount()) === JOBS);
    await worker.close();
  }

  /** Keys of jobs; what is remembered of calls does not count. */
  async function keysOfJobs(): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of redis.scanStream({ match: `${workshop.queue.toKey('')}*`, count: 1000 })) {
      keys.push(...(page as string[]));
    }
    const suffixes = keys.map((key) => key.slice(workshop.queue.toKey('').length));
    return suffixes.filter((suffix) => /^\d/.test(suffix));
  }

  test('drain leaves nothing of waiting, prioritised and delayed jobs', async () => {
    await add();
    await add({ priority: 3 });
    await add({ delay: 60_000 });
    await workshop.queue.drain(true);
    expect(await workshop.queue.count()).toBe(0);
    expect(await keysOfJobs()).toEqual([]);
  });

  test('clean answers every id and leaves nothing of finished jobs', async () => {
    await add();
    await finishAll();
    const removed = await workshop.queue.clean(0, 0, 'completed');
    expect(new Set(removed).size).toBe(JOBS);
    expect(await keysOfJobs()).toEqual([]);
  });

  test('clean of waiting jobs stops at its limit', async () => {
    await add();
    expect(await workshop.queue.clean(0, JOBS - 1, 'wait')).toHaveLength(JOBS - 1);
    expect((await workshop.queue.getWaiting()).map((job) => job.id)).toEqual([String(JOBS)]);
  });

  test('retryJobs and promoteJobs move all, oldest first', async () => {
    await add();
    await finishAll();
    await workshop.queue.retryJobs({ state: 'completed' });
    expect(await workshop.queue.getJobCounts('waiting', 'completed')).toEqual({ waiting: JOBS, completed: 0 });
    await workshop.queue.drain();
    await add({ delay: 60_000 });
    await workshop.queue.promoteJobs();
    expect(await workshop.queue.getJobCounts('waiting', 'delayed')).toEqual({ waiting: JOBS, delayed: 0 });
    expect((await workshop.queue.getWaiting(0, 0)).map((job) => job.id)).toEqual([String(JOBS + 1)]);
  });

  test('obliterate leaves no key at all', async () => {
    await add();
    await add({ delay: 60_000 });
    await workshop.queue.obliterate();
    expect(await redis.keys(`${workshop.queue.toKey('')}*`)).toEqual([]);
  });
});
