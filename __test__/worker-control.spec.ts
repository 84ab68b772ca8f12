import { once } from 'node:events';

import { Redis } from 'ioredis';

import type { Queue } from '..';
import { redisUrl } from './support/redis';
import { until } from './support/until';
import { Workshop } from './support/workshop';

describe('a running worker', () => {
  let workshop: Workshop;
  let queue: Queue;
  let work: Workshop['work'];
  let run: Workshop['run'];

  beforeEach(() => {
    workshop = new Workshop();
    queue = workshop.queue;
    work = workshop.work.bind(workshop);
    run = workshop.run.bind(workshop);
  });
  afterEach(() => workshop.close());

  test('never starts more jobs in a window than its limiter allows', async () => {
    const worker = work(() => Promise.resolve(), { limiter: { max: 2, duration: 300 }, concurrency: 10 });
    await workshop.add(4);
    await until('four jobs', async () => (await queue.getCompletedCount()) === 4);
    const redis = new Redis(redisUrl());
    // The ids of the events are the times at which Redis gave the jobs out: a process may come to them later.
    const events = await redis.xrange(queue.toKey('events'), '-', '+');
    await redis.quit();
    const starts = events.filter(([, fields]) => fields[1] === 'active').map(([id]) => parseInt(id, 10));
    expect(starts).toHaveLength(4);
    expect((starts[2] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(300);
    expect(worker.isRunning()).toBe(true);
  });

  test('runs as many jobs at once as its concurrency says, also after a change', async () => {
    let running = 0;
    let most = 0;
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const worker = work(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await gate;
        running -= 1;
      },
      { concurrency: 2 },
    );
    await workshop.add(6);
    await until('two runs', () => running === 2);
    worker.concurrency = 4;
    await until('four runs', () => running === 4);
    release();
    await until('all done', async () => (await queue.getCompletedCount()) === 6);
    expect(most).toBe(4);
    expect(worker.concurrency).toBe(4);
    expect(() => (worker.concurrency = 0)).toThrow('concurrency must be a finite number greater than 0');
    expect(() => (worker.concurrency = NaN)).toThrow('concurrency must be a finite number greater than 0');
  });

  test('with concurrency 1, listeners of completed run before the next job', async () => {
    const order: string[] = [];
    const worker = work((job) => {
      order.push(`run ${job.id ?? ''}`);
      return Promise.resolve();
    });
    worker.on('completed', (job) => order.push(`completed ${job.id ?? ''}`));
    await workshop.add(2);
    await until('both', () => order.length === 4);
    expect(order).toEqual(['run 1', 'completed 1', 'run 2', 'completed 2']);
  });

  test('takes no job after pause() in a listener, and goes on after resume()', async () => {
    const worker = work(() => Promise.resolve());
    worker.on('active', () => void worker.pause(true));
    const heard: string[] = [];
    worker.on('paused', () => heard.push('paused')).on('resumed', () => heard.push('resumed'));
    await workshop.add(2);
    await until('the first job', async () => (await queue.getCompletedCount()) === 1);
    await worker.pause();
    expect(worker.isPaused()).toBe(true);
    expect(await queue.getWaitingCount()).toBe(1);
    worker.removeAllListeners('active');
    await worker.resume();
    await until('the second job', async () => (await queue.getCompletedCount()) === 2);
    expect(heard).toEqual(['paused', 'resumed']);
  });

  test('pause() waits for running jobs', async () => {
    const order: string[] = [];
    let finish: () => void = () => undefined;
    const worker = work(() => new Promise<void>((resolve) => (finish = resolve)));
    worker.on('completed', () => order.push('completed'));
    const active = once(worker, 'active');
    await queue.add('job', {});
    await active;
    const paused = worker.pause().then(() => order.push('paused'));
    finish();
    await paused;
    expect(order).toEqual(['completed', 'paused']);
  });

  test('drained fires once for many jobs', async () => {
    let drained = 0;
    const worker = work(() => Promise.resolve(), { concurrency: 5, autorun: false });
    worker.on('drained', () => (drained += 1));
    await workshop.add(20);
    void worker.run();
    await until('drained', async () => drained > 0 && (await queue.getCompletedCount()) === 20);
    expect(drained).toBe(1);
  });

  test('cancels a job through its signal, which only a third parameter asks for', async () => {
    const worker = work(
      (_job, _token, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            reject(new Error(`cancelled: ${String(signal.reason)}`));
          });
        }),
    );
    worker.on('active', (job) => {
      process.nextTick(() => {
        expect(worker.cancelJob(job.id ?? '', 'enough')).toBe(true);
      });
    });
    expect(await run(worker)).toMatchObject({ failedReason: 'cancelled: enough' });
    expect(worker.cancelJob('none')).toBe(false);
    worker.cancelAllJobs();
  });

  test('a processor with two parameters is given no signal', async () => {
    const parameters: number[] = [];
    const worker = work(function (...args: unknown[]) {
      parameters.push(args.filter((arg) => arg !== undefined).length);
      return Promise.resolve();
    });
    await run(worker);
    expect(parameters).toEqual([2]);
  });
});
