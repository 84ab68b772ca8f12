import { once } from 'node:events';

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
  async *'resume merges the paused list of an older queue'({ queue, redis, prefix }) {
    await queue.add('a', {});
    await queue.add('b', {});
    await queue.pause();
    await redis.rename(`${prefix}:compat:wait`, `${prefix}:compat:paused`);
    await queue.add('c', {});
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
    const drained = once(running, 'drained');
    await running.resume();
    await drained;
    yield [running.isPaused(), events, await queue.getJobCounts('waiting', 'completed')];
  },
});
