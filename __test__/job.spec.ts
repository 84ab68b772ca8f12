import { once } from 'node:events';

import { Job, JobMissingError, Queue, QueueEvents, Worker, type Processor } from '..';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';

const connection = { url: redisUrl() };

describe('a job', () => {
  let queue: Queue;
  let workers: Worker[];

  beforeEach(() => {
    queue = new Queue('work', { connection, prefix: uniquePrefix() });
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await queue.close();
  });

  function work(processor: Processor): Worker {
    const worker = new Worker('work', processor, { connection, prefix: queue.opts.prefix });
    workers.push(worker);
    return worker;
  }

  async function read(job: Job): Promise<Job> {
    const stored = await Job.fromId(queue, job.id ?? '');
    if (!stored) throw new Error(`job ${String(job.id)} is gone`);
    return stored;
  }

  test('is made, made in bulk and read through its class', async () => {
    const job = await Job.create(queue, 'one', { n: 1 }, { attempts: 2 });
    const [bulk] = await Job.createBulk(queue, [{ name: 'two', data: { n: 2 } }]);
    expect((await read(job)).toJSON()).toMatchObject({ id: '1', name: 'one', data: { n: 1 }, opts: { attempts: 2 } });
    expect(bulk?.id).toBe('2');
    expect(await Job.fromId(queue, 'none')).toBeUndefined();
    expect(await Job.addJobLog(queue, '1', 'row')).toBe(1);
  });

  test('knows its queue', async () => {
    const job = await queue.add('a', {});
    expect([job.queueName, job.prefix, job.queueQualifiedName]).toEqual([
      'work',
      queue.opts.prefix,
      queue.qualifiedName,
    ]);
  });

  test('has JSON without its ties to the queue', async () => {
    const job = await queue.add('a', { n: 1 }, { keepLogs: 5 });
    const json = JSON.parse(JSON.stringify(await read(job))) as Record<string, unknown>;
    expect(json).toMatchObject({ id: '1', name: 'a', data: { n: 1 }, progress: 0, returnvalue: null, attemptsMade: 0 });
    expect(Object.keys(json)).not.toContain('queue');
  });

  test('survives the way through asJSON and fromJSON', async () => {
    const job = await read(await queue.add('a', { n: 1 }, { keepLogs: 5, attempts: 2 }));
    const json = job.asJSON();
    expect(json).toMatchObject({ data: '{"n":1}', opts: { kl: 5, attempts: 2 }, returnvalue: 'null' });
    const again = Job.fromJSON(queue, json);
    // As with BullMQ: the form that processes exchange leaves the delay out.
    expect(again.toJSON()).toEqual({ ...job.toJSON(), delay: undefined });
    expect(Job.optsFromJSON('{"kl":5}')).toEqual({ keepLogs: 5 });
    expect(Job.optsFromJSON()).toEqual({});
  });

  test('changes its data and is read again', async () => {
    const job = await queue.add('a', { n: 1 });
    const other = await read(job);
    await job.updateData({ n: 2 });
    expect(job.data).toEqual({ n: 2 });
    await other.refresh();
    expect(other.data).toEqual({ n: 2 });
  });

  test('publishes progress of every JSON kind', async () => {
    const job = await queue.add('a', {});
    for (const progress of [42, 'half', true, { done: 1 }]) {
      await job.updateProgress(progress);
      expect((await read(job)).progress).toEqual(progress);
    }
  });

  test('keeps log rows, the newest when limited', async () => {
    const job = await queue.add('a', {}, { keepLogs: 2 });
    for (const row of ['one', 'two', 'three']) await job.log(row);
    expect(await queue.getJobLogs('1')).toEqual({ logs: ['two', 'three'], count: 2 });
    await job.clearLogs(1);
    expect(await queue.getJobLogs('1')).toEqual({ logs: ['three'], count: 1 });
    await job.clearLogs();
    expect(await queue.getJobLogs('1')).toEqual({ logs: [], count: 0 });
  });

  test('tells its state', async () => {
    const [waiting, delayed, prioritized] = await queue.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {}, opts: { delay: 60_000 } },
      { name: 'c', data: {}, opts: { priority: 1 } },
    ]);
    expect(await waiting?.isWaiting()).toBe(true);
    expect(await delayed?.isDelayed()).toBe(true);
    expect(await prioritized?.getState()).toBe('prioritized');
    expect(await waiting?.isActive()).toBe(false);
    expect(await waiting?.isCompleted()).toBe(false);
    expect(await waiting?.isFailed()).toBe(false);
    expect(await waiting?.isWaitingChildren()).toBe(false);
  });

  test('is promoted, and put off again', async () => {
    const job = await queue.add('a', {}, { delay: 60_000 });
    await job.changeDelay(120_000);
    expect((await read(job)).delay).toBe(120_000);
    await job.promote();
    expect(await job.getState()).toBe('waiting');
    expect(job.delay).toBe(0);
    await expect(job.promote()).rejects.toMatchObject({
      code: -3,
      message: 'Job 1 is not in the delayed state. promote',
    });
    await expect(job.changeDelay(1)).rejects.toMatchObject({ code: -3 });
  });

  test('changes its priority', async () => {
    const job = await queue.add('a', {});
    await job.changePriority({ priority: 7 });
    expect(job.priority).toBe(7);
    expect(await job.getState()).toBe('prioritized');
    await job.changePriority({ lifo: true });
    expect(await job.getState()).toBe('waiting');
    await expect(job.changePriority({ priority: 1.5 })).rejects.toThrow('Priority should not be float');
  });

  test('runs again after it failed', async () => {
    const worker = work((job) => (job.attemptsMade === 0 ? Promise.reject(new Error('once')) : Promise.resolve('ok')));
    const failed = once(worker, 'failed');
    await queue.add('a', {});
    const [job] = (await failed) as [Job];
    await job.retry('failed', { resetAttemptsStarted: true });
    await until('completion', () => job.isCompleted());
    expect(await read(job)).toMatchObject({ returnvalue: 'ok', attemptsMade: 2, attemptsStarted: 1 });
    await expect(job.retry('failed')).rejects.toMatchObject({ code: -3 });
  });

  test('is removed, unless a worker has it', async () => {
    const removed: (string | undefined)[] = [];
    queue.on('removed', (job) => removed.push(typeof job === 'string' ? job : (job as Job).id));
    const job = await queue.add('a', {});
    await job.remove();
    expect(await job.getState()).toBe('unknown');
    expect(removed).toEqual(['1']);
    const worker = work(async (active) => {
      await active.remove();
    });
    const failed = once(worker, 'failed');
    await queue.add('a', {});
    const [, error] = (await failed) as [Job, Error];
    expect(error.message).toBe('Job 2 could not be removed because it is locked by another worker');
  });

  test('that does not exist is a typed error for every change', async () => {
    const job = await queue.add('a', {});
    await job.remove();
    const changes: [Promise<unknown>, string][] = [
      [job.updateData({}), 'updateData'],
      [job.updateProgress(1), 'updateProgress'],
      [job.log('row'), 'addLog'],
      [job.changeDelay(1), 'changeDelay'],
      [job.changePriority({ priority: 1 }), 'changePriority'],
      [job.retry(), 'reprocessJob'],
    ];
    for (const [change, command] of changes) {
      await expect(change).rejects.toMatchObject({ code: -1, message: `Missing key for job 1. ${command}` });
    }
    await expect(job.refresh()).rejects.toBeInstanceOf(JobMissingError);
  });

  test('that was never added has no operations', async () => {
    const job = new Job(queue, 'a', { n: 1 });
    expect(job).toMatchObject({ name: 'a', data: { n: 1 }, progress: 0, attemptsMade: 0 });
    expect(() => job.getState()).toThrow('job a has not been added to a queue yet');
    await queue.waitUntilReady();
  });
});

describe('waiting for a job', () => {
  let queue: Queue;
  let worker: Worker | undefined;

  beforeEach(() => {
    queue = new Queue('work', { connection, prefix: uniquePrefix() });
    worker = undefined;
  });
  afterEach(async () => {
    await worker?.close();
    await queue.close();
  });

  function work(processor: Processor): void {
    worker = new Worker('work', processor, { connection, prefix: queue.opts.prefix, concurrency: 10 });
  }

  test('answers its result, without a reader of one’s own', async () => {
    work((job: Job<{ n: number }>) => Promise.resolve({ twice: job.data.n * 2 }));
    const jobs = await Promise.all([1, 2, 3].map((n) => queue.add('a', { n })));
    const results = await Promise.all(jobs.map((job) => job.waitUntilFinished()));
    expect(results).toEqual([{ twice: 2 }, { twice: 4 }, { twice: 6 }]);
  });

  test('answers at once when it has finished before', async () => {
    work(() => Promise.resolve('done'));
    const job = await queue.add('a', {});
    await until('completion', () => job.isCompleted());
    await expect(job.waitUntilFinished()).resolves.toBe('done');
  });

  test('rejects with the reason of its failure, before and after', async () => {
    work(() => Promise.reject(new Error('no luck')));
    const job = await queue.add('a', {});
    await expect(job.waitUntilFinished()).rejects.toThrow('no luck');
    await expect(job.waitUntilFinished()).rejects.toThrow('no luck');
  });

  test('listens on a reader that is given', async () => {
    const events = new QueueEvents('work', { connection, prefix: queue.opts.prefix });
    work(() => Promise.resolve('heard'));
    const job = await queue.add('a', {});
    await expect(job.waitUntilFinished(events)).resolves.toBe('heard');
    await events.close();
  });

  test('gives up after its time', async () => {
    const job = await queue.add('a', {});
    await expect(job.waitUntilFinished(null, 20)).rejects.toThrow(
      'Job wait a timed out before finishing, no finish notification arrived after 20ms (id=1)',
    );
  });

  test('rejects when the job is missing, or is removed meanwhile', async () => {
    const job = await queue.add('a', {});
    const waiting = job.waitUntilFinished();
    const missing = `Missing key for job ${queue.toKey('1')}. isFinished`;
    const [outcome] = await Promise.allSettled([waiting, queue.waitUntilReady().then(() => job.remove())]);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: missing } });
    await expect(job.waitUntilFinished()).rejects.toThrow(missing);
  });

  test('rejects when the queue is closed meanwhile', async () => {
    const job = await queue.add('a', {});
    const [waiting] = await Promise.allSettled([job.waitUntilFinished(), queue.close()]);
    expect(waiting).toMatchObject({ status: 'rejected', reason: { code: 'CONNECTION_CLOSED' } });
  });
});
