import { once } from 'node:events';

import { Redis } from 'ioredis';

import { JobScheduler, defaultRepeatStrategy, type Job, type Queue } from '..';
import { redisUrl } from './support/redis';
import { until } from './support/until';
import { Workshop } from './support/workshop';

const HOUR_MS = 3_600_000;

describe('a job scheduler', () => {
  let workshop: Workshop;
  let queue: Queue;

  beforeEach(async () => {
    workshop = new Workshop();
    queue = workshop.queue;
    await queue.waitUntilReady();
  });
  afterEach(async () => {
    jest.useRealTimers();
    await workshop.close();
  });

  /** Collects jobs of a worker until there are so many, and does something in each run. */
  function runs(count: number, during: (job: Job) => void = () => undefined): Promise<Job[]> {
    const seen: Job[] = [];
    return new Promise((resolve) => {
      workshop.work((job) => {
        seen.push(job);
        during(job);
        if (seen.length === count) resolve(seen);
        return Promise.resolve();
      });
    });
  }

  test('runs its jobs at equal distances', async () => {
    const slotOf = ({ id }: Job): number => Number(id?.split(':').at(-1));
    jest.useFakeTimers({ now: Date.UTC(2040, 4, 1) });
    await queue.upsertJobScheduler('tick', { every: 200 }, { name: 'tick', data: { a: 1 }, opts: { attempts: 2 } });
    // The clock stands still while a job runs, so that none is late and misses its slot.
    const jobs = await runs(4, (job) => {
      jest.setSystemTime(slotOf(job) + 200);
    });
    const slots = jobs.map(slotOf);
    expect(slots.map((slot) => slot - (slots[0] ?? 0))).toEqual([0, 200, 400, 600]);
    expect(jobs.map(({ name, data, opts }): unknown => [name, data, opts.attempts])).toEqual(
      Array.from({ length: 4 }, () => ['tick', { a: 1 }, 2]),
    );
    expect(jobs[0]?.repeatJobKey).toBe('tick');
  });

  test('has one pending job at any time', async () => {
    await queue.upsertJobScheduler('tick', { every: 50 });
    await runs(10);
    await Promise.all([1, 2, 3].map(() => queue.upsertJobScheduler('tick', { every: HOUR_MS })));
    await until('the one that runs at once', async () => (await queue.getJobCountByTypes('waiting', 'active')) === 0);
    expect(await queue.getDelayedCount()).toBe(1);
  });

  test('stops at its limit', async () => {
    await queue.upsertJobScheduler('tick', { every: 20, limit: 3 });
    await runs(3);
    await until('three jobs', async () => (await queue.getCompletedCount()) === 3);
    expect(await queue.getJobCountByTypes('delayed', 'waiting', 'active')).toBe(0);
    expect(await queue.getJobScheduler('tick')).toMatchObject({ iterationCount: 3, limit: 3 });
  });

  test('follows a clock that a test moves', async () => {
    const start = Date.UTC(2040, 4, 1, 8, 30);
    jest.useFakeTimers({ now: start });
    const job = await queue.upsertJobScheduler('report', { pattern: '0 9 * * *', tz: 'UTC' });
    expect(job?.id).toBe(`repeat:report:${Date.UTC(2040, 4, 1, 9)}`);
    expect(job?.delay).toBe(HOUR_MS / 2);

    const worker = workshop.work(() => Promise.resolve('sent'), { autorun: false });
    jest.setSystemTime(Date.UTC(2040, 4, 1, 9, 0, 1));
    const completed = once(worker, 'completed');
    void worker.run();
    expect(((await completed) as [Job])[0]).toMatchObject({ id: job?.id, processedOn: Date.UTC(2040, 4, 1, 9, 0, 1) });
    expect(await queue.getJobScheduler('report')).toMatchObject({ next: Date.UTC(2040, 4, 2, 9), iterationCount: 2 });
    await worker.close();
  });

  test('without a zone runs by the clock of the process', async () => {
    await queue.upsertJobScheduler('report', { pattern: '0 0 9 * * *' });
    const next = (await queue.getJobScheduler('report'))?.next ?? 0;
    expect([new Date(next).getHours(), new Date(next).getMinutes()]).toEqual([9, 0]);
  });

  test('is listed, counted, found and removed', async () => {
    const first = await queue.upsertJobScheduler('a', { every: HOUR_MS }, { data: { x: 1 } });
    await queue.upsertJobScheduler('b', { pattern: '@daily', tz: 'Asia/Tokyo' });
    expect(await queue.getJobSchedulersCount()).toBe(2);
    expect((await queue.getJobSchedulers(0, -1, true)).map(({ key }) => key)).toEqual(['a', 'b']);
    expect(await queue.getJobScheduler('a')).toMatchObject({
      key: 'a',
      name: 'a',
      every: HOUR_MS,
      template: { data: { x: 1 } },
    });
    await expect(first?.remove()).rejects.toMatchObject({ code: -8 });
    expect([await queue.removeJobScheduler('a'), await queue.removeJobScheduler('a')]).toEqual([true, false]);
    expect(await queue.getJobScheduler('a')).toBeUndefined();
  });

  test('that ends before it begins has no job', async () => {
    expect(await queue.upsertJobScheduler('none', { pattern: '0 0 1 1 *', endDate: Date.now() + 1 })).toBeUndefined();
    expect(await queue.getJobSchedulersCount()).toBe(0);
  });

  test('refuses dates that are none', async () => {
    await expect(queue.upsertJobScheduler('s', { every: 5, startDate: 'soon' })).rejects.toThrow(
      'startDate must be a date',
    );
  });

  test('whose job has vanished goes on', async () => {
    const redis = new Redis(redisUrl());
    const job = await queue.upsertJobScheduler('tick', { every: 300 });
    await redis.del(queue.toKey(job?.id ?? ''), queue.toKey('wait'));
    const worker = workshop.work(() => Promise.resolve(), { stalledInterval: 50 });
    expect((await once(worker, 'completed'))[0]).toMatchObject({ repeatJobKey: 'tick' });
    await redis.quit();
  });

  test('queue.jobScheduler emits errors through the queue', async () => {
    const schedulers = await queue.jobScheduler;
    expect(schedulers).toBeInstanceOf(JobScheduler);
    const heard = once(queue, 'error').catch((error: unknown) => [error]);
    schedulers.emit('error', new Error('forwarded'));
    expect(await heard).toMatchObject([{ message: 'forwarded' }]);
  });
});

describe('a repeat strategy', () => {
  test('decides when jobs run, for the queue and for its workers', async () => {
    const asked: unknown[] = [];
    const repeatStrategy = (
      millis: number,
      { pattern }: { pattern?: string | undefined },
      name?: string,
    ): Promise<number> => {
      asked.push([pattern, name]);
      return Promise.resolve(millis + 100);
    };
    const workshop = new Workshop({ settings: { repeatStrategy } });
    await workshop.queue.upsertJobScheduler('own', { pattern: 'whenever', limit: 3 }, { name: 'job' });
    const worker = workshop.work(() => Promise.resolve(), { settings: { repeatStrategy } });
    for (let i = 0; i < 3; i += 1) await once(worker, 'completed');
    expect(asked).toEqual(Array.from({ length: 3 }, () => ['whenever', 'job']));
    await workshop.close();
  });

  test('that fails is reported, and the job comes again', async () => {
    let isBroken = true;
    const repeatStrategy = (millis: number): number => {
      if (isBroken) throw new Error('boom');
      return millis + HOUR_MS;
    };
    const workshop = new Workshop({ settings: { repeatStrategy: (millis: number) => millis + 1 } });
    await workshop.queue.upsertJobScheduler('own', { pattern: 'whenever' });
    const worker = workshop.work(() => Promise.resolve(), {
      ...{ settings: { repeatStrategy }, lockDuration: 300, stalledInterval: 100 },
    });
    const error = await new Promise<Error>((resolve) => worker.once('error', resolve));
    expect(error.message).toBe('Failed to add repeatable job for next iteration: boom');
    isBroken = false;
    await once(worker, 'completed');
    expect(await workshop.queue.getDelayedCount()).toBe(1);
    await workshop.close();
  });

  test('finds the next time of a scheduler whose job has vanished', async () => {
    const repeatStrategy = (millis: number): number => millis + 50;
    const workshop = new Workshop({ settings: { repeatStrategy } });
    const redis = new Redis(redisUrl());
    const job = await workshop.queue.upsertJobScheduler('own', { pattern: 'whenever' });
    await redis.del(workshop.queue.toKey(job?.id ?? ''), workshop.queue.toKey('delayed'));
    await until('its time to pass', () => Date.now() > (job?.timestamp ?? 0) + 60);
    const worker = workshop.work(() => Promise.resolve(), { settings: { repeatStrategy }, stalledInterval: 50 });
    expect((await once(worker, 'completed'))[0]).toMatchObject({ repeatJobKey: 'own' });
    await redis.quit();
    await workshop.close();
  });

  test('can fall back on cron', () => {
    const from = Date.UTC(2030, 0, 1, 8);
    expect(defaultRepeatStrategy(from, { pattern: '0 9 * * *', tz: 'UTC' })).toBe(Date.UTC(2030, 0, 1, 9));
    const endDate = new Date(Date.UTC(2030, 0, 1, 8, 30));
    expect(defaultRepeatStrategy(from, { pattern: '0 9 * * *', tz: 'UTC', endDate })).toBeUndefined();
    expect(() => defaultRepeatStrategy(from, { pattern: 'bogus' })).toThrow('Invalid cron pattern "bogus"');
  });
});
