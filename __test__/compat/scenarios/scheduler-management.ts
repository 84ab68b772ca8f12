import { section, thrownBy } from '../scenario';
import { keysOf } from './scheduler-upsert';

export const schedulerGetters = section('getJobSchedulers', {
  async *'in the order of their next jobs'({ queue, clock }) {
    for (const [id, later] of Object.entries({ b: 300, a: 200, c: 400, d: 100 })) {
      await queue.upsertJobScheduler(id, { every: 1000, startDate: clock.now + later });
    }
    yield keysOf(await queue.getJobSchedulers());
    for (const [start, end, asc] of [
      [0, 1],
      [0, 1, true],
      [0, -1, true],
      [1, 2, true],
      [5, 9],
    ] as [number, number, boolean?][]) {
      yield keysOf(await queue.getJobSchedulers(start, end, asc));
    }
    yield await queue.getJobSchedulersCount();
    yield await queue.getJobScheduler('nobody');
    yield await queue.getJobCounts('repeat');
  },
  async *'forgets entries without a record'({ queue, redis, prefix }) {
    await queue.upsertJobScheduler('s', { every: 1000 });
    await redis.zadd(`${prefix}:compat:repeat`, 5, 'dangling', 6, 'a:b:c:d');
    yield await queue.getJobScheduler('dangling');
    yield keysOf(await queue.getJobSchedulers());
    yield await queue.getJobSchedulersCount();
  },
  async *'refuses entries of old repeatable jobs'({ queue, redis, prefix }) {
    const key = 'name:id:1234:UTC:* * * * *';
    await redis.zadd(`${prefix}:compat:repeat`, 5, key);
    yield await thrownBy(() => queue.getJobSchedulers());
    yield await thrownBy(() => queue.getJobScheduler(key));
    yield await queue.getJobSchedulersCount();
    yield await queue.removeJobScheduler(key);
    await redis.zadd(`${prefix}:compat:repeat`, 5, 'name::::5000');
    yield await thrownBy(() => queue.getJobSchedulers());
  },
  async *'shows records of old repeatable jobs'({ queue, redis, prefix }) {
    await redis.zadd(`${prefix}:compat:repeat`, 5, 'md5');
    await redis.hset(`${prefix}:compat:repeat:md5`, 'name', 'n', 'every', '1000');
    yield await queue.getJobSchedulers();
    yield await queue.getJobScheduler('md5');
    const scheduler = await queue.jobScheduler;
    yield await scheduler.isJobScheduler('md5');
  },
});

export const schedulerObject = section('queue.jobScheduler', {
  async *'tells schedulers from other ids'({ queue }) {
    await queue.upsertJobScheduler('s', { every: 1000 });
    const schedulers = await queue.jobScheduler;
    await schedulers.waitUntilReady();
    yield [await schedulers.isJobScheduler('s'), await schedulers.isJobScheduler('nobody')];
    yield schedulers === (await queue.jobScheduler);
  },
  async *'hands its errors to the queue'({ queue }) {
    const seen: unknown[] = [];
    queue.on('error', (error) => seen.push(error.message));
    (await queue.jobScheduler).emit('error', new Error('forwarded'));
    yield seen;
  },
});

export const schedulerRemoval = section('removeJobScheduler', {
  async *'with a delayed job'({ queue, clock }) {
    await queue.upsertJobScheduler('s', { every: 1000, startDate: clock.now + 500 });
    yield await queue.removeJobScheduler('s');
    yield await queue.removeJobScheduler('s');
  },
  async *'leaves a job that could run'({ queue }) {
    await queue.upsertJobScheduler('w', { every: 1000 });
    await queue.upsertJobScheduler('p', { every: 1000 }, { opts: { priority: 3 } });
    yield await queue.removeJobScheduler('w');
    yield await queue.removeJobScheduler('p');
  },
  async *'that does not exist'({ queue }) {
    yield await queue.removeJobScheduler('nobody');
  },
});

export const schedulerJobs = section('jobs of schedulers', {
  async *'cannot be removed by themselves'({ queue, clock }) {
    await queue.upsertJobScheduler('w', { every: 1000 });
    await queue.upsertJobScheduler('d', { every: 1000, startDate: clock.now + 500 });
    await queue.upsertJobScheduler('p', { every: 1000 }, { opts: { priority: 1 } });
    for (const job of await queue.getJobs(['wait', 'delayed', 'prioritized'], 0, -1, true)) {
      yield await thrownBy(() => job.remove());
      yield await thrownBy(() => queue.remove(job.id ?? ''));
    }
  },
  async *'survive drain and clean'({ queue, clock }) {
    await queue.upsertJobScheduler('w', { every: 1000 });
    await queue.upsertJobScheduler('d', { every: 1000, startDate: clock.now + 500 });
    await queue.upsertJobScheduler('p', { every: 1000 }, { opts: { priority: 1 } });
    await queue.add('other', {});
    await queue.add('other', {}, { delay: 500 });
    yield await queue.drain(true);
    clock.advance(100_000);
    for (const type of ['wait', 'delayed', 'prioritized'] as const) yield await queue.clean(0, 0, type);
  },
  async *'go with their queue'({ queue }) {
    await queue.upsertJobScheduler('w', { every: 1000 });
    await queue.upsertJobScheduler('p', { pattern: '* * * * *' });
    yield await queue.obliterate();
  },
  async *'can be promoted and delayed'({ queue, clock }) {
    await queue.upsertJobScheduler('s', { every: 1000, startDate: clock.now + 5000 });
    const [job] = await queue.getDelayed();
    yield await job?.changeDelay(9000);
    yield await job?.promote();
  },
  async *'keep their data until the next one'({ queue, manualWorker }) {
    await queue.upsertJobScheduler('s', { every: 1000 }, { data: { v: 1 } });
    const [job] = await queue.getWaiting();
    await job?.updateData({ v: 'changed' });
    yield (await manualWorker().getNextJob('token', { block: false })).data;
  },
  async *'carry a deduplication id without claiming it'({ queue, manualWorker }) {
    const opts = { deduplication: { id: 'x' } } as object;
    yield (await queue.upsertJobScheduler('s', { every: 1000 }, { opts })).deduplicationId;
    const job = await manualWorker().getNextJob('token', { block: false });
    yield await job.moveToCompleted(1, 'token', false);
    yield await queue.getDeduplicationJobId('x');
  },
});
