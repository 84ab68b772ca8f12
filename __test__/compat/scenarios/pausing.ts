import { section } from '../scenario';

const resolved = (): Promise<void> => Promise.resolve();

export const pausing = section('pause', {
  async *'and resume of an empty queue'({ queue }) {
    yield await queue.pause();
    yield await queue.isPaused();
    yield await queue.resume();
    yield await queue.isPaused();
  },
  async *'twice, and resume twice'({ queue }) {
    await queue.pause();
    yield await queue.pause();
    await queue.resume();
    yield await queue.resume();
  },
  async *'keeps the jobs waiting'({ queue }) {
    await queue.add('before', {});
    yield await queue.pause();
    yield await queue.add('during', {});
    yield await queue.add('urgent', {}, { priority: 1 });
    yield await queue.add('later', {}, { delay: 1000 });
    yield [await queue.getJobCounts(), await queue.getWaiting()];
    yield await queue.resume();
  },
  async *'then resume lets jobs run in order'({ queue, work }) {
    await queue.pause();
    for (const name of ['a', 'b']) await queue.add(name, {});
    await queue.resume();
    yield await work((job) => Promise.resolve(job.name));
  },
  async *'resume with only delayed jobs'({ queue }) {
    await queue.add('later', {}, { delay: 5000 });
    await queue.pause();
    yield await queue.resume();
  },
  async *'getNextJob finds nothing in a paused queue'({ queue, manualWorker }) {
    await queue.add('job', {});
    await queue.pause();
    yield await manualWorker().getNextJob('my-token', { block: false });
  },
  async *'resume merges the paused list of an older queue'({ queue, redis, prefix }) {
    await queue.add('a', {});
    await queue.add('b', {});
    await queue.pause();
    await redis.rename(`${prefix}:compat:wait`, `${prefix}:compat:paused`);
    await queue.add('c', {});
    yield [await queue.getJobCounts(), await queue.getWaiting()];
    yield await queue.resume();
    yield await queue.getWaiting();
  },
  async *'local events'({ queue }) {
    const seen: unknown[] = [];
    queue.on('paused', () => seen.push('paused'));
    queue.on('resumed', () => seen.push('resumed'));
    await queue.pause();
    await queue.resume();
    yield seen;
  },
  async *'a worker that is paused finishes what it has'({ queue, worker }) {
    await queue.add('one', {});
    await queue.add('two', {});
    const running = worker(resolved, { autorun: false });
    const events: string[] = [];
    for (const event of ['paused', 'resumed'] as const) running.on(event, () => events.push(event));
    const paused = new Promise<void>((resolve) => {
      running.once('active', () => {
        resolve(running.pause());
      });
    });
    void running.run();
    await paused;
    yield [running.isPaused(), running.isRunning(), events, await queue.getJobCounts('waiting', 'completed')];
    const drained = new Promise((resolve) => running.once('drained', resolve));
    await running.resume();
    await drained;
    yield [running.isPaused(), events, await queue.getJobCounts('waiting', 'completed')];
  },
});

export const limits = section('limits', {
  async *'global concurrency is stored and read'({ queue }) {
    yield await queue.getGlobalConcurrency();
    yield await queue.setGlobalConcurrency(1);
    yield [await queue.getGlobalConcurrency(), await queue.isMaxed(), await queue.getMeta()];
    yield await queue.removeGlobalConcurrency();
    yield await queue.getGlobalConcurrency();
  },
  async *'global concurrency stops the second getNextJob'({ queue, manualWorker }) {
    await queue.setGlobalConcurrency(1);
    await queue.add('one', {});
    await queue.add('two', {});
    const worker = manualWorker();
    const first = await worker.getNextJob('token-1', { block: false });
    yield [first, await worker.getNextJob('token-2', { block: false }), await queue.isMaxed()];
    yield await queue.add('three', {});
    yield await first?.moveToCompleted(1, 'token-1', false);
    yield await worker.getNextJob('token-2', { block: false });
  },
  async *'global rate limit is stored and read'({ queue }) {
    yield await queue.getGlobalRateLimit();
    yield await queue.setGlobalRateLimit(3, 5000);
    yield await queue.getGlobalRateLimit();
    yield await queue.removeGlobalRateLimit();
    yield await queue.getMeta();
  },
  async *'a limiter counts the jobs that start'({ queue, manualWorker }) {
    for (let i = 0; i < 4; i += 1) await queue.add('job', { i });
    const worker = manualWorker({ limiter: { max: 2, duration: 60_000 } });
    yield await worker.getNextJob('token-1', { block: false });
    yield await worker.getNextJob('token-2', { block: false });
    yield await worker.getNextJob('token-3', { block: false });
    yield await queue.getRateLimitTtl(2).then((ttl) => ttl > 50_000);
    yield await queue.getRateLimitTtl(3);
    yield await queue.removeRateLimitKey();
    yield await worker.getNextJob('token-3', { block: false });
  },
  async *'the global limit wins over the worker’s'({ queue, manualWorker }) {
    await queue.setGlobalRateLimit(1, 60_000);
    for (let i = 0; i < 2; i += 1) await queue.add('job', { i });
    const worker = manualWorker({ limiter: { max: 5, duration: 60_000 } });
    yield await worker.getNextJob('token-1', { block: false });
    yield await worker.getNextJob('token-2', { block: false });
  },
  async *'queue.rateLimit stops jobs'({ queue, manualWorker }) {
    await queue.add('job', {});
    yield await queue.rateLimit(60_000);
    yield await queue.getRateLimitTtl().then((ttl) => ttl > 50_000);
    yield await manualWorker({ limiter: { max: 5, duration: 1000 } }).getNextJob('my-token', { block: false });
  },
  async *'a job that says it is rate limited goes back'({ queue, worker, api }) {
    await queue.add('job', {}, { attempts: 3 });
    const active = new Promise<void>((resolve) => {
      const running = worker(
        async () => {
          await running.rateLimit(60_000);
          resolve();
          throw api.Worker.RateLimitError();
        },
        { limiter: { max: 5, duration: 1000 } },
      );
    });
    await active;
    while ((await queue.getWaitingCount()) === 0) await active;
    yield await queue.getJob('1');
  },
});
