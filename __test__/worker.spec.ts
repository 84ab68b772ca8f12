import { once } from 'node:events';

import { DelayedError, UnrecoverableError, WaitingError, Worker, type Job, type Processor, type Queue } from '..';
import { until } from './support/until';
import { Workshop } from './support/workshop';

describe('a worker', () => {
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
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what users' code does
    ['a thrown object', () => Promise.reject({ message: 'text' }), 'text'],
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what users' code does
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
});
