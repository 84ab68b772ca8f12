import { once } from 'node:events';

import {
  DelayedError,
  Queue,
  UnrecoverableError,
  WaitingError,
  Worker,
  type Job,
  type Processor,
  type WorkerOptions,
} from '..';
import { redisUrl, uniquePrefix } from './support/redis';
import { RedisServer } from './support/redis-server';
import { until } from './support/until';

const connection = { url: redisUrl() };

describe('a worker', () => {
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

  function work(processor: ConstructorParameters<typeof Worker>[1], options: Partial<WorkerOptions> = {}): Worker {
    const worker = new Worker('work', processor, { connection, prefix: queue.opts.prefix, ...options });
    workers.push(worker);
    return worker;
  }

  /** Adds a job and waits until it has completed or failed in this worker. */
  async function run(worker: Worker, data: unknown = {}, opts = {}): Promise<Job> {
    const ended = new Promise<Job>((resolve) => {
      worker.on('completed', resolve);
      worker.on('failed', (job) => {
        if (job) resolve(job);
      });
    });
    await queue.add('job', data, opts);
    return ended;
  }

  test('runs a job and tells its story in order', async () => {
    const story: unknown[] = [];
    const worker = work(async (job, token) => {
      story.push(['run', job.data, token === job.token]);
      await job.updateProgress(50);
      return { sum: 3 };
    });
    worker.on('active', (job, prev) => story.push(['active', job.id, prev]));
    worker.on('progress', (job, progress) => story.push(['progress', job.id, progress]));
    worker.on('completed', (job, result: unknown, prev) => story.push(['completed', job.id, result, prev]));
    await run(worker, { a: 1 });
    expect(story).toEqual([
      ['active', '1', 'waiting'],
      ['run', { a: 1 }, true],
      ['progress', '1', 50],
      ['completed', '1', { sum: 3 }, 'active'],
    ]);
  });

  test('has set everything on the job, and in Redis, when completed fires', async () => {
    const worker = work(() => Promise.resolve('done'), { name: 'ann' });
    const job = await run(worker);
    expect(job).toMatchObject({ returnvalue: 'done', attemptsMade: 1, attemptsStarted: 1, processedBy: 'ann' });
    expect(job.finishedOn).toBeGreaterThanOrEqual(job.processedOn ?? Infinity);
    expect(await job.getState()).toBe('completed');
    expect(await queue.getJob(job.id ?? '')).toMatchObject({ returnvalue: 'done', finishedOn: job.finishedOn });
  });

  test('a failed job keeps its reason and stack, and the event the very error', async () => {
    const error = new Error('no luck');
    const worker = work(() => Promise.reject(error));
    const failed = once(worker, 'failed');
    await queue.add('job', {});
    const [job, reason, prev] = (await failed) as [Job, Error, string];
    expect(reason).toBe(error);
    expect(prev).toBe('active');
    expect(job).toMatchObject({ failedReason: 'no luck', attemptsMade: 1, stacktrace: [error.stack] });
    expect(job.finishedOn).toBeDefined();
    expect(await job.isFailed()).toBe(true);
  });

  test.each<[string, Processor, string]>([
    [
      'a synchronous throw',
      () => {
        throw new Error('sync');
      },
      'sync',
    ],
    ['a thrown string', () => Promise.reject('text'), 'text'],
    ['a thrown undefined', () => Promise.reject(undefined), 'undefined'],
    [
      'a result that is a cycle',
      () => {
        const cycle: Record<string, unknown> = {};
        cycle['self'] = cycle;
        return Promise.resolve(cycle);
      },
      'circular',
    ],
    ['a result that is a bigint', () => Promise.resolve(1n), 'BigInt'],
  ])('%s fails the job and nothing else', async (_, processor, reason) => {
    const worker = work(processor);
    const job = await run(worker);
    expect(job.failedReason).toContain(reason);
    expect(worker.isRunning()).toBe(true);
  });

  test('a result of undefined is stored as null', async () => {
    const job = await run(work(() => Promise.resolve(undefined)));
    expect((await queue.getJob(job.id ?? ''))?.returnvalue).toBeNull();
  });

  test('tries again while attempts are left', async () => {
    const worker = work((job) => (job.attemptsMade < 2 ? Promise.reject(new Error('again')) : Promise.resolve('ok')));
    const failures: (number | undefined)[] = [];
    worker.on('failed', (job) => failures.push(job?.attemptsMade));
    const completed = once(worker, 'completed');
    await queue.add('job', {}, { attempts: 3, backoff: 10 });
    const [job] = (await completed) as [Job];
    expect(failures).toEqual([1, 2]);
    expect(job).toMatchObject({ attemptsMade: 3, returnvalue: 'ok' });
  });

  test('asks the backoff strategy for types that are not built in, while attempts are left', async () => {
    const asked: unknown[] = [];
    const worker = work(() => Promise.reject(new Error('no')), {
      settings: {
        backoffStrategy: (attemptsMade, type, error, job) => {
          asked.push([attemptsMade, type, error?.message, job?.id]);
          return 1;
        },
      },
    });
    const final = new Promise<void>((resolve) => {
      worker.on('failed', (job) => {
        if (job?.finishedOn) resolve();
      });
    });
    await queue.add('job', {}, { attempts: 3, backoff: { type: 'mine' } });
    await final;
    expect(asked).toEqual([
      [1, 'mine', 'no', '1'],
      [2, 'mine', 'no', '1'],
    ]);
  });

  test('an unrecoverable error ends all attempts, by class or by name', async () => {
    class Hopeless extends UnrecoverableError {}
    const byName = Object.assign(new Error('by name'), { name: 'UnrecoverableError' });
    const errors = [new Hopeless('by class'), byName];
    const worker = work(() => Promise.reject(errors.shift() ?? new Error('none left')));
    expect(await run(worker, {}, { attempts: 5 })).toMatchObject({ failedReason: 'by class', attemptsMade: 1 });
    await queue.add('job', {}, { attempts: 5 });
    await until('the second failure', async () => (await queue.getFailedCount()) === 2);
  });

  test('a processor may put its job off, or back, without burning an attempt', async () => {
    const worker = work(async (job, token) => {
      if (job.attemptsStarted === 1) {
        await job.moveToDelayed(Date.now() + 20, token);
        throw new DelayedError();
      }
      if (job.attemptsStarted === 2) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      return 'at last';
    });
    expect(await run(worker)).toMatchObject({ returnvalue: 'at last', attemptsMade: 1, attemptsStarted: 3 });
  });

  test('a rate-limited job goes back to wait', async () => {
    let runs = 0;
    const worker = work(async () => {
      runs += 1;
      if (runs === 1) {
        await worker.rateLimit(50);
        throw Worker.RateLimitError();
      }
      return runs;
    });
    expect(await run(worker)).toMatchObject({ returnvalue: 2, attemptsMade: 1 });
  });

  test('never starts more jobs in a window than its limiter allows', async () => {
    const starts: number[] = [];
    const worker = work(
      () => {
        starts.push(Date.now());
        return Promise.resolve();
      },
      { limiter: { max: 2, duration: 300 }, concurrency: 10 },
    );
    await queue.addBulk(Array.from({ length: 4 }, () => ({ name: 'job', data: {} })));
    await until('four starts', () => starts.length === 4);
    expect((starts[2] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(290);
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
    await queue.addBulk(Array.from({ length: 6 }, () => ({ name: 'job', data: {} })));
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
    await queue.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {} },
    ]);
    await until('both', () => order.length === 4);
    expect(order).toEqual(['run 1', 'completed 1', 'run 2', 'completed 2']);
  });

  test('takes no job after pause() in a listener, and goes on after resume()', async () => {
    const worker = work(() => Promise.resolve());
    worker.on('active', () => void worker.pause(true));
    const heard: string[] = [];
    worker.on('paused', () => heard.push('paused')).on('resumed', () => heard.push('resumed'));
    await queue.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {} },
    ]);
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
    let finished = false;
    const worker = work(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      finished = true;
    });
    const active = once(worker, 'active');
    await queue.add('job', {});
    await active;
    await worker.pause();
    expect(finished).toBe(true);
  });

  test('drained fires once for many jobs', async () => {
    let drained = 0;
    const worker = work(() => Promise.resolve(), { concurrency: 5, autorun: false });
    worker.on('drained', () => (drained += 1));
    await queue.addBulk(Array.from({ length: 20 }, () => ({ name: 'job', data: {} })));
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

  test('a map runs each job by its name and fails unknown ones', async () => {
    const worker = work({ job: () => Promise.resolve('known') });
    expect(await run(worker)).toMatchObject({ returnvalue: 'known' });
    const failed = once(worker, 'failed');
    await queue.add('other', {});
    const [, error] = (await failed) as [Job, Error];
    expect(error.message).toBe('Unknown job type: other');
  });

  test('a listener that throws becomes an error event; the worker goes on', async () => {
    const worker = work(() => Promise.resolve());
    const errors: string[] = [];
    worker.on('error', (error) => errors.push(error.message));
    worker.on('completed', () => {
      throw new Error('listener');
    });
    await queue.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {} },
    ]);
    await until('two errors', () => errors.length === 2);
    expect(errors).toEqual(['listener', 'listener']);
    expect(await queue.getCompletedCount()).toBe(2);
  });

  test('an error that nobody listens to goes to the console', async () => {
    const printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const worker = work(() => Promise.resolve());
    worker.on('completed', () => {
      throw new Error('unheard');
    });
    await queue.add('job', {});
    await until('the console', () => printed.mock.calls.length > 0);
    expect(printed).toHaveBeenCalledWith(expect.objectContaining({ message: 'unheard' }));
    printed.mockRestore();
  });

  test('a job whose lock was taken away ends in an error event, not in a completed one', async () => {
    const worker = work(async (job) => {
      await job.moveToDelayed(Date.now() + 60_000, job.token);
      return 'too late';
    });
    const [error] = (await Promise.all([once(worker, 'error'), queue.add('job', {})])).flat() as [Error];
    expect(error).toMatchObject({ code: -2, message: 'Missing lock for job 1. moveToFinished' });
    expect(worker.health().activeJobs).toBe(0);
  });

  test('manual processing takes, extends and finishes jobs', async () => {
    const worker = work(null);
    await queue.addBulk([
      { name: 'a', data: { n: 1 } },
      { name: 'b', data: {} },
      { name: 'c', data: {} },
    ]);
    const first = await worker.getNextJob('my-token');
    expect(first).toMatchObject({ name: 'a', data: { n: 1 }, token: 'my-token' });
    expect(await first?.extendLock('my-token', 60_000)).toBe(1);
    expect(await first?.extendLock('other', 60_000)).toBe(0);
    expect(await worker.extendJobLocks(['1'], ['my-token'], 60_000)).toEqual([]);
    await expect(first?.moveToCompleted('x', 'other')).rejects.toMatchObject({ code: -6 });
    const next = await first?.moveToCompleted('done', 'my-token');
    expect(next?.[1]).toBe('2');
    const second = await queue.getJob('2');
    await second?.moveToFailed(new Error('by hand'), 'my-token');
    expect(await second?.getState()).toBe('failed');
    expect((await worker.getNextJob('my-token', { block: false }))?.id).toBe('3');
    expect(await worker.getNextJob('my-token', { block: false })).toBeUndefined();
    await expect(worker.run()).rejects.toThrow('No process function is defined.');
  });

  test('an options object is not needed for a connection, but a connection is', () => {
    expect(() => new Worker('work', () => Promise.resolve())).toThrow('Worker requires a connection');
  });

  test.each<[Partial<WorkerOptions>, string]>([
    [{ maxStalledCount: -1 }, 'maxStalledCount must be greater or equal than 0'],
    [{ maxStartedAttempts: -1 }, 'maxStartedAttempts must be greater or equal than 0'],
    [{ stalledInterval: 0 }, 'stalledInterval must be greater than 0'],
    [{ drainDelay: 0 }, 'drainDelay must be greater than 0'],
    [{ concurrency: 0 }, 'concurrency must be a finite number greater than 0'],
    [{ concurrency: NaN }, 'concurrency must be a finite number greater than 0'],
  ])('refuses the options %p', (options, message) => {
    expect(() => new Worker('work', null, { connection, ...options })).toThrow(message);
  });

  test('shows its options with the defaults filled in', () => {
    const worker = work(null, { lockDuration: 8_000 });
    expect(worker.opts).toMatchObject({
      concurrency: 1,
      drainDelay: 5,
      lockDuration: 8_000,
      lockRenewTime: 4_000,
      maxStalledCount: 1,
      stalledInterval: 30_000,
      runRetryDelay: 15_000,
    });
  });

  test('cannot run twice', async () => {
    const worker = work(() => Promise.resolve());
    await expect(worker.run()).rejects.toThrow('Worker is already running.');
  });

  test('tells how it is', async () => {
    const worker = work(() => Promise.resolve());
    expect(worker.health().activeJobs).toBe(0);
    await run(worker);
    const health = worker.health();
    expect(health.connected).toBe(true);
    expect(health.lastFetchAgeMs).toBeLessThan(5_000);
  });

  test('delay() waits, and ends early when aborted', async () => {
    const worker = work(null);
    await worker.delay(1);
    const controller = new AbortController();
    const waiting = worker.delay(60_000, controller);
    controller.abort();
    await waiting;
    await worker.delay(60_000, controller);
  });
});

describe('closing a worker', () => {
  const slow: Processor = () => new Promise((resolve) => setTimeout(resolve, 100, 'done'));
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
    const worker = await activeWorker(slow);
    const heard: unknown[] = [];
    worker.on('closing', (message) => heard.push(message)).on('completed', (job) => heard.push(job.returnvalue));
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
    const worker: Worker = await activeWorker(async () => {
      await queue.add('job', {});
      void worker.close();
    });
    await once(worker, 'closed');
    expect(await queue.getJobCounts('waiting', 'completed')).toEqual({ waiting: 1, completed: 1 });
  });

  test('of a worker that never ran', async () => {
    const worker = new Worker('work', slow, { connection, autorun: false });
    expect(worker.isRunning()).toBe(false);
    await worker.close();
  });

  test('while Redis is down', async () => {
    const server = await RedisServer.start();
    const away = new Worker('work', slow, { connection: { url: server.url } });
    away.on('error', () => undefined);
    await away.waitUntilReady();
    await server.stop();
    await away.close();
    expect(away.isRunning()).toBe(false);
  });

  test('that could not connect', async () => {
    const lost = new Worker('work', slow, { connection: { port: 1, retryStrategy: () => null } });
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
