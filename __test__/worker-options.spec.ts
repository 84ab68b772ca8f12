import { Worker, type Queue, type WorkerOptions } from '..';
import { redisUrl } from './support/redis';
import { Workshop } from './support/workshop';

const connection = { url: redisUrl() };

describe('the options of a worker', () => {
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
    [{ lockDuration: 0 }, 'lockDuration must be greater than 0'],
    [{ lockDuration: 'soon' as never }, 'lockDuration must be greater than 0'],
    [{ lockRenewTime: -1 }, 'lockRenewTime must be greater than 0'],
    [{ limiter: { max: 5 } as never }, 'limiter.duration must be greater than 0'],
    [{ limiter: { max: 'many' as never, duration: 1_000 } }, 'limiter.max must be greater or equal than 0'],
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

  test.each<[string, object]>([
    [
      'numbers that are texts',
      { lockDuration: '8000', limiter: { max: '5', duration: '1000' }, stalledInterval: '1e3' },
    ],
    ['what is null', { lockDuration: null, limiter: null, drainDelay: null, maxStartedAttempts: null }],
    ['a limit without a maximum', { limiter: {} }],
    ['a renewal that is no interval', { lockRenewTime: 0 }],
  ])('reads %s as BullMQ does', async (_what, options) => {
    expect(await run(work(() => Promise.resolve('done'), options))).toMatchObject({ returnvalue: 'done' });
  });

  test.each([[null, 'Queue name must be provided'] as const, [5, 'Queue name must be a string'] as const])(
    'refuses the name %p',
    (name, message) => {
      expect(() => new Worker(name as never, null, { connection })).toThrow(message);
    },
  );

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
    const started = Date.now();
    await worker.delay(20);
    expect(Date.now() - started).toBeGreaterThanOrEqual(19);
    const controller = new AbortController();
    const waiting = worker.delay(60_000, controller);
    controller.abort();
    await waiting;
    await worker.delay(60_000, controller);
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});
