import { once } from 'node:events';

import { section, until } from '../scenario';
import type { Recorded } from '../worker-recorder';

const resolved = (): Promise<void> => Promise.resolve();

/** A limited worker of bullmq sleeps this long before it notices that it is closed. */
const CLOSE_WITHIN_MS = 100;

/** A limited worker of bullmq calls a queue drained that still has jobs. */
const withoutDrained = (seen: Recorded[]): Recorded[] => seen.filter(([event]) => event !== 'drained');

export const limits = section('limits', {
  async *'global concurrency is stored and read'({ queue }) {
    yield await queue.getGlobalConcurrency();
    yield await queue.setGlobalConcurrency(1);
    yield [await queue.getGlobalConcurrency(), await queue.isMaxed(), await queue.getMeta()];
    yield await queue.removeGlobalConcurrency();
    yield await queue.getGlobalConcurrency();
  },
  async *'global concurrency holds back the second job'({ queue, worker }) {
    await queue.setGlobalConcurrency(1);
    for (const name of ['one', 'two', 'three']) await queue.add(name, {});
    const started: { name: string; end: () => void }[] = [];
    const running = worker((job) => new Promise<void>((end) => started.push({ name: job.name, end })), {
      concurrency: 2,
    });
    for (const count of [1, 2, 3]) {
      await until(() => started.length === count);
      yield [started.map(({ name }) => name), await queue.isMaxed(), await queue.getJobCounts()];
      const completed = once(running, 'completed');
      started.at(-1)?.end();
      await completed;
    }
    yield await queue.getJobCounts();
  },
  async *'global rate limit is stored and read'({ queue }) {
    yield await queue.getGlobalRateLimit();
    yield await queue.setGlobalRateLimit(3, 5000);
    yield await queue.getGlobalRateLimit();
    yield await queue.removeGlobalRateLimit();
    yield await queue.getMeta();
  },
  async *'a limiter counts the jobs that start'({ queue, work }) {
    const options = { limiter: { max: 2, duration: 60_000 }, maximumRateLimitDelay: CLOSE_WITHIN_MS };
    for (let i = 0; i < 3; i += 1) await queue.add('job', { i });
    yield withoutDrained(await work(resolved, { ...options, ends: 2 }));
    yield [await queue.getRateLimitTtl(2).then((ttl) => ttl > 50_000), await queue.getRateLimitTtl(3)];
    yield await queue.removeRateLimitKey();
    yield await queue.removeRateLimitKey();
    yield await work(resolved, options);
  },
  async *'the global limit wins over the worker’s'({ queue, work }) {
    await queue.setGlobalRateLimit(1, 60_000);
    for (let i = 0; i < 2; i += 1) await queue.add('job', { i });
    const limiter = { max: 5, duration: 60_000 };
    const seen = await work(resolved, { limiter, maximumRateLimitDelay: CLOSE_WITHIN_MS, ends: 1 });
    yield withoutDrained(seen);
    yield await queue.getRateLimitTtl().then((ttl) => ttl > 50_000);
  },
  async *'queue.rateLimit stops jobs'({ queue }) {
    yield await queue.rateLimit(60_000);
    yield await queue.getRateLimitTtl().then((ttl) => ttl > 50_000);
    yield await queue.removeRateLimitKey();
    yield await queue.getRateLimitTtl();
  },
  async *'a job that says it is rate limited goes back'({ queue, worker, api }) {
    await queue.add('job', {}, { attempts: 3 });
    const limiter = { max: 5, duration: 1000 };
    const active = new Promise<void>((resolve) => {
      const process = async (): Promise<void> => {
        await queue.rateLimit(60_000);
        resolve();
        throw api.Worker.RateLimitError();
      };
      worker(process, { limiter });
    });
    await active;
    await until(async () => (await queue.getWaitingCount()) === 1);
    yield await queue.getJob('1');
  },
  async *'a job of a worker without a limit goes back, and runs again when the limit is over'({
    queue,
    work,
    redis,
    api,
  }) {
    await queue.add('job', {});
    const limitedAt: boolean[] = [];
    const seen = await work(
      async (job) => {
        limitedAt.push((await redis.exists(queue.toKey('limiter'))) === 1);
        if (job.attemptsStarted > 1) return;
        await queue.rateLimit(500);
        throw api.Worker.RateLimitError();
      },
      { ends: 1 },
    );
    yield [limitedAt, withoutDrained(seen)];
  },
});
