import { once } from 'node:events';

import { Redis } from 'ioredis';

import { Worker } from '..';
import { redisUrl } from './support/redis';
import { until } from './support/until';
import { Workshop } from './support/workshop';

const BLOCKED_MS = 300;

describe('the state of a worker', () => {
  let workshop: Workshop;

  beforeEach(() => {
    workshop = new Workshop();
  });
  afterEach(() => workshop.close());

  test('health() shows how long the event loop did not come back', async () => {
    const worker = workshop.work(() => {
      const until = performance.now() + BLOCKED_MS;
      while (performance.now() < until);
      return Promise.resolve(worker.health().activeJobs);
    });
    const lags: number[] = [];
    worker.on('completed', () => lags.push(worker.health().eventLoopLagMs));
    const job = await workshop.run(worker);
    expect(job.returnvalue).toBe(1);
    expect(lags[0]).toBeGreaterThanOrEqual(BLOCKED_MS);
    await until('the job is settled', () => worker.health().activeJobs === 0);
    expect(worker.health()).toMatchObject({ connected: true, activeJobs: 0 });
    expect(worker.health().lastFetchAgeMs).toBeGreaterThanOrEqual(0);
  });

  test('health() of a worker that never ran', () => {
    const worker = workshop.work(null);
    const { lastFetchAgeMs, activeJobs, eventLoopLagMs } = worker.health();
    expect({ lastFetchAgeMs, activeJobs, eventLoopLagMs }).toEqual({
      lastFetchAgeMs: null,
      activeJobs: 0,
      eventLoopLagMs: 0,
    });
  });

  test('startStalledCheckTimer() finds jobs whose worker vanished while one works by hand', async () => {
    const worker = workshop.work(null, { stalledInterval: 20, lockDuration: 1000 });
    await workshop.queue.add('job', {});
    await worker.getNextJob('token');
    const redis = new Redis(redisUrl());
    await redis.del(workshop.queue.toKey('1:lock'));
    await redis.quit();
    const stalled = once(worker, 'stalled');
    await worker.startStalledCheckTimer();
    await worker.startStalledCheckTimer();
    expect(await stalled).toEqual(['1', 'active']);
    expect(await workshop.queue.getWaitingCount()).toBe(1);
  });

  test('retentionInterval must be above 0', () => {
    const { connection } = workshop;
    expect(() => new Worker('work', null, { connection, retentionInterval: 0 })).toThrow(
      'retentionInterval must be greater than 0',
    );
  });

  test('finished jobs that are too old go while no other job finishes', async () => {
    const worker = workshop.work(() => Promise.resolve(), { retentionInterval: 20 });
    await workshop.run(worker, {}, { removeOnComplete: { age: 1 } });
    await until('the job is gone', async () => (await workshop.queue.getJob('1')) === undefined);
    expect(await workshop.queue.getCompletedCount()).toBe(0);
  });
});
