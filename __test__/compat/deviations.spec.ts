import { RecordingTelemetry } from '../support/recording-telemetry';
import { FrozenDate } from './frozen-date';
import { thrownBy } from './scenario';
import { subject } from './side';
import { World } from './world';

/** Where this package differs from bullmq on purpose; docs/redis-layout.md lists the same. */
describe('differs from bullmq on purpose', () => {
  let world: World;
  beforeAll(() => {
    FrozenDate.install();
  });
  beforeEach(async () => {
    world = await World.create(subject);
  });
  afterEach(() => world.destroy());
  afterAll(() => {
    FrozenDate.uninstall();
  });

  test('a negative priority is refused', async () => {
    const error = await thrownBy(() => world.queue.add('job', {}, { priority: -1 }));
    expect(error).toMatchObject({ message: 'Priority should be between 0 and 2097151' });
  });

  test.each(['0', '0:x'])('addBulk refuses the id %s in the words of add', async (jobId) => {
    const error = await thrownBy(() => world.queue.addBulk([{ name: 'job', data: {}, opts: { jobId } }]));
    expect(error).toMatchObject({ message: "JobId cannot be '0' or start with '0:'" });
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
  ])('a thrown %p fails the job', async (thrown, failedReason) => {
    await world.queue.add('job', {});
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    await world.work(() => Promise.reject(thrown));
    expect(await world.queue.getJob('1')).toMatchObject({ failedReason, stacktrace: [expect.any(String)] });
  });

  test('an error whose message cannot be read fails the job', async () => {
    const thrown = {
      get message(): string {
        throw new Error('unreadable');
      },
    };
    await world.queue.add('job', {});
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    await world.work(() => Promise.reject(thrown));
    expect(await world.queue.getJob('1')).toMatchObject({ failedReason: 'null', stacktrace: [] });
  });

  test('a backoff type without a strategy waits for its delay', async () => {
    await world.queue.add('job', {}, { attempts: 2, backoff: { type: 'unknown', delay: 5000 } });
    await world.work(() => Promise.reject(new Error('boom')));
    expect(await world.queue.getDelayed()).toMatchObject([{ id: '1', delay: 5000 }]);
  });

  test('jobs of a paused list are waiting jobs', async () => {
    await world.queue.add('a', {});
    await world.queue.pause();
    await world.redis.rename(`${world.prefix}:compat:wait`, `${world.prefix}:compat:paused`);
    await world.queue.add('b', {});
    expect(await world.queue.getWaitingCount()).toBe(2);
    expect((await world.queue.getWaiting()).map((job) => job.name).sort()).toEqual(['a', 'b']);
  });

  test('cleaning a name of no state cleans nothing, and publishes nothing', async () => {
    await world.queue.add('job', {});
    expect(await world.queue.clean(0, 10, 'nope' as 'wait')).toEqual([]);
    expect(await world.queue.count()).toBe(1);
    const entries = await world.redis.xrange(world.queue.toKey('events'), '-', '+');
    expect(entries.flatMap(([, fields]) => fields)).not.toContain('cleaned');
  });

  test.each([NaN, Infinity])('a delay of %p is refused: as JSON it would be none', async (delay) => {
    const message = `delay must be a finite number of milliseconds, got ${delay}`;
    expect(await thrownBy(() => world.queue.add('job', {}, { delay }))).toMatchObject({ message });
  });

  test.each([-1, NaN])('a global concurrency of %p is refused', async (concurrency) => {
    const message = 'concurrency must be greater or equal than 0';
    expect(await thrownBy(() => world.queue.setGlobalConcurrency(concurrency))).toMatchObject({ message });
    expect(await world.queue.getGlobalConcurrency()).toBeNull();
  });

  test('a scheduler’s job that was promoted and runs before its time is not written over by an upsert', async () => {
    const schedule = { pattern: '*/10 * * * *', tz: 'UTC' };
    const first = await world.queue.upsertJobScheduler('s', schedule);
    await world.queue.promoteJobs();
    const held = await world.manualWorker().getNextJob('token', { block: false });
    const next = await world.queue.getDelayed();
    const error = await thrownBy(() => world.queue.upsertJobScheduler('s', schedule));
    expect(error).toMatchObject({ code: -10 });
    expect(held.id).toBe(first.id);
    expect(await first.getState()).toBe('active');
    expect((await world.queue.getDelayed()).map(({ id }) => id)).toEqual(next.map(({ id }) => id));
  });

  test('a job that lost its lock and has open children misses its lock first', async () => {
    const child = { name: 'child', queueName: 'elsewhere' };
    await world.queue.add('job', {}, { jobId: 'parent' });
    const held = await world.manualWorker().getNextJob('token', { block: false });
    await world.flows.add({ ...child, opts: { parent: { id: 'parent', queue: `${world.prefix}:compat` } } });
    await world.redis.del(`${world.prefix}:compat:parent:lock`);
    const error = await thrownBy(() => held.moveToCompleted(1, 'token', false));
    expect(error).toMatchObject({ message: 'Missing lock for job parent. moveToFinished', code: -2 });
  });

  test('drain leaves the waiting jobs of schedulers, wherever they stand, and nothing else', async () => {
    await world.queue.add('older', {});
    const kept = await world.queue.upsertJobScheduler('s', { every: 1000 });
    await world.queue.add('younger', {});
    await world.queue.drain();
    expect(await world.redis.lrange(`${world.prefix}:compat:wait`, 0, -1)).toEqual([kept.id]);
  });

  test('a scheduler that is replaced while the queue is paused has one job that waits', async () => {
    await world.queue.pause();
    await world.queue.upsertJobScheduler('s', { every: 1000 }, { data: 1 });
    const kept = await world.queue.upsertJobScheduler('s', { every: 1000 }, { data: 2 });
    expect(await world.queue.getJobs()).toMatchObject([{ id: kept.id, data: 2 }]);
  });

  test('a flow and a scheduler that leave the context out store none', async () => {
    const telemetry = new RecordingTelemetry() as never;
    const opts = { telemetry: { omitContext: true } };
    await world.newFlows({ telemetry }).add({ name: 'job', queueName: 'compat', opts: { ...opts, jobId: 'flow' } });
    const queue = await world.newQueue({ telemetry });
    const next = await queue.upsertJobScheduler('s', { every: 60_000 }, { opts });
    for (const id of ['flow', next.id ?? '']) {
      const stored = await world.redis.hget(`${world.prefix}:compat:${id}`, 'opts');
      expect(JSON.parse(stored ?? '')).toMatchObject({ omc: true });
      expect(stored).not.toContain('"tm"');
    }
  });

  test('only the first job of a scheduler belongs to the trace of the call that made it', async () => {
    const telemetry = new RecordingTelemetry();
    const queue = await world.newQueue({ telemetry: telemetry as never });
    const first = await queue.upsertJobScheduler('s', { every: 60_000 }, { name: 'tick' });
    await world.work(() => Promise.resolve(), { telemetry: telemetry as never, ends: 1 });
    const [second] = await queue.getDelayed();
    expect(first.opts.telemetry).toEqual({ metadata: '{"span":"add compat.tick"}' });
    expect(second?.opts.telemetry).toBeUndefined();
    expect(telemetry.take().spans.filter(({ name }) => name === 'process compat')).toMatchObject([
      { parent: '<add compat.tick>' },
    ]);
  });

  test('a job of addBulk that leaves the context out stores none', async () => {
    const queue = await world.newQueue({ telemetry: new RecordingTelemetry() as never });
    await queue.addBulk([{ name: 'job', data: {}, opts: { telemetry: { omitContext: true } } }]);
    const opts = await world.redis.hget(`${world.prefix}:compat:1`, 'opts');
    expect(JSON.parse(opts ?? '')).toEqual({ attempts: 0, omc: true });
  });
});
