import { once } from 'node:events';

import { Queue, Worker, type Processor } from '..';
import { redisUrl, uniquePrefix } from './support/redis';
import { RedisServer } from './support/redis-server';
import { until } from './support/until';

const connection = { url: redisUrl() };

describe('closing a worker', () => {
  const idle: Processor = () => Promise.resolve();
  let queue: Queue;

  beforeEach(() => {
    queue = new Queue('work', { connection, prefix: uniquePrefix() });
  });
  afterEach(() => queue.close());

  async function activeWorker(processor: Processor): Promise<Worker> {
    const worker = new Worker('work', processor, { connection, prefix: queue.opts.prefix });
    const active = once(worker, 'active');
    await queue.add('job', {});
    await active;
    return worker;
  }

  test('waits for running jobs and tells when it begins and ends', async () => {
    let finish: (result: string) => void = () => undefined;
    const worker = await activeWorker(() => new Promise((resolve) => (finish = resolve)));
    const heard: unknown[] = [];
    worker.on('closing', (message) => {
      heard.push(message);
      finish('done');
    });
    worker.on('completed', (job) => heard.push(job.returnvalue));
    worker.on('closed', () => heard.push('closed'));
    await Promise.all([worker.close(), worker.close()]);
    expect(heard).toEqual(['closing queue', 'done', 'closed']);
    expect(worker.isRunning()).toBe(false);
  });

  test('with a time-out hands running jobs back without burning an attempt', async () => {
    const worker = await activeWorker(() => new Promise(() => undefined));
    await worker.close({ timeout: 10 });
    expect(await queue.getJob('1')).toMatchObject({ attemptsMade: 0 });
    expect(await queue.getJobState('1')).toBe('waiting');
  });

  test('by force does not wait', async () => {
    const worker = await activeWorker(() => new Promise(() => undefined));
    await worker.close(true);
    expect(worker.isRunning()).toBe(false);
  });

  test('takes no job after close() in the processor', async () => {
    let close: (worker: Worker) => void = () => undefined;
    const closing = new Promise<Worker>((resolve) => (close = resolve));
    const worker = await activeWorker(async () => {
      await queue.add('job', {});
      void (await closing).close();
    });
    const closed = once(worker, 'closed');
    close(worker);
    await closed;
    expect(await queue.getJobCounts('waiting', 'completed')).toEqual({ waiting: 1, completed: 1 });
  });

  test('of a worker that never ran', async () => {
    const worker = new Worker('work', idle, { connection, autorun: false });
    expect(worker.isRunning()).toBe(false);
    await worker.close();
  });

  test('while Redis is down', async () => {
    const server = await RedisServer.start();
    const away = new Worker('work', idle, { connection: { url: server.url } });
    away.on('error', () => undefined);
    await away.waitUntilReady();
    await server.stop();
    await away.close();
    expect(away.isRunning()).toBe(false);
  });

  test('that could not connect', async () => {
    const lost = new Worker('work', idle, { connection: { port: 1, retryStrategy: () => null } });
    const errors: (string | undefined)[] = [];
    lost.on('error', (error: Error & { code?: string }) => errors.push(error.code));
    await expect(lost.waitUntilReady()).rejects.toMatchObject({
      message: 'connect ECONNREFUSED 127.0.0.1:1',
      code: 'ECONNREFUSED',
    });
    await until('an error event', () => errors.includes('ECONNREFUSED'));
    await lost.close();
  });
});
