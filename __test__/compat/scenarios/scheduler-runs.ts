import type { Job } from 'bullmq';

import { section } from '../scenario';
import type { World } from '../world';
import { shown } from './scheduler-upsert';
import { check } from './stalled';

const resolved = (): Promise<void> => Promise.resolve();

/** Takes the next job through the side's own worker and completes it. */
async function run({ manualWorker }: World): Promise<unknown> {
  const job = (await manualWorker().getNextJob('token', { block: false })) as Job | undefined;
  await job?.moveToCompleted('done', 'token', false);
  return shown(job);
}

function take({ manualWorker }: World): Promise<Job> {
  return manualWorker().getNextJob('token', { block: false });
}

export const iterations = section('the next job of a scheduler', {
  async *'is added when one is taken'(world) {
    await world.queue.upsertJobScheduler(
      's',
      { every: 1000 },
      { name: 'tick', data: { a: 1 }, opts: { attempts: 3, priority: 2 } },
    );
    world.clock.advance(100);
    const job = await take(world);
    yield shown(job);
    yield await job.moveToCompleted('x', 'token', false);
    yield await world.queue.getJobSchedulers();
  },
  async *'is added by a worker that runs'({ queue, work, clock }) {
    await queue.upsertJobScheduler('s', { every: 5000 }, { data: { a: 1 }, opts: { backoff: 100 } });
    await queue.upsertJobScheduler('p', { pattern: '*/10 * * * * *', immediately: true });
    yield await work((job: Job) => Promise.resolve(job.name), { ends: 2 });
    clock.advance(10_000);
    yield await work((job: Job) => Promise.resolve(job.name), { ends: 2 });
  },
  async *'catches up with its slots'(world) {
    const { queue, clock } = world;
    await queue.upsertJobScheduler('s', { every: 1000, offset: 300 });
    for (const late of [5500, 300, 1000, 1, 1999, 7700]) {
      clock.advance(late);
      yield await run(world);
    }
  },
  async *'catches up with its pattern'(world) {
    await world.queue.upsertJobScheduler('s', { pattern: '*/10 * * * * *' });
    for (const late of [35_000, 4999, 10_000, 0]) {
      world.clock.advance(late);
      yield await run(world);
    }
  },
  async *'after one that was promoted'(world) {
    const { queue } = world;
    await queue.upsertJobScheduler('p', { pattern: '*/10 * * * * *' });
    await queue.upsertJobScheduler('e', { every: 1000, offset: 500 });
    for (const job of await queue.getDelayed()) await job.promote();
    yield await run(world);
    yield await run(world);
  },
  async *'up to a limit'(world) {
    await world.queue.upsertJobScheduler('s', { every: 1000, limit: 2 });
    for (let i = 0; i < 3; i += 1) {
      yield await run(world);
      world.clock.advance(1000);
    }
    yield await world.queue.getJobScheduler('s');
  },
  async *'up to a limit, counted from another number'(world) {
    await world.queue.upsertJobScheduler('s', { every: 1000, limit: 7, count: 5 });
    for (let i = 0; i < 3; i += 1) {
      yield await run(world);
      world.clock.advance(1000);
    }
  },
  async *'up to an end'(world) {
    const { queue, clock } = world;
    await queue.upsertJobScheduler('e', { every: 1000, endDate: clock.now + 1500 });
    await queue.upsertJobScheduler('p', { pattern: '*/2 * * * * *', endDate: clock.now + 4500 });
    for (let i = 0; i < 8; i += 1) {
      yield await run(world);
      clock.advance(1000);
    }
  },
  async *'once per job, however often that is tried'(world) {
    const { queue, clock } = world;
    await queue.upsertJobScheduler('s', { every: 5000 }, { opts: { attempts: 3 } });
    const job = await take(world);
    await job.moveToFailed(new Error('boom'), 'token', false);
    yield job;
    yield await run(world);
    clock.advance(5000);
    const failing = await take(world);
    await failing.moveToFailed(Object.assign(new Error('boom'), { name: 'UnrecoverableError' }), 'token', false);
    yield await failing.retry();
    yield await run(world);
  },
  async *'not after the scheduler was removed'(world) {
    const { queue } = world;
    await queue.upsertJobScheduler('s', { every: 1000 });
    const job = await take(world);
    yield await queue.removeJobScheduler('s');
    yield await job.moveToCompleted(1, 'token', false);
    await queue.upsertJobScheduler('w', { every: 1000 });
    yield await queue.removeJobScheduler('w');
    yield await run(world);
  },
  async *'keeps the options of the queue and of the template'(world) {
    const opts = { attempts: 4, backoff: 100, lifo: true, removeOnComplete: true };
    yield shown(await world.queue.upsertJobScheduler('s', { every: 1000 }, { opts }));
    yield await run(world);
    world.clock.advance(1000);
    yield await run(world);
  },
  async *'is not added by a finish that takes the next job'(world) {
    await world.queue.upsertJobScheduler('s', { every: 1000 });
    await world.queue.upsertJobScheduler('t', { every: 1000 });
    const job = await take(world);
    const [, id] = ((await job.moveToCompleted(1, 'token', true)) ?? []) as unknown[];
    yield id;
  },
  async *'stalls without limit while the scheduler lives'(world) {
    const { queue, redis, prefix } = world;
    const job = await queue.upsertJobScheduler('s', { every: 60_000 });
    for (let i = 0; i < 2; i += 1) {
      await world.take(`gone ${i}`);
      await redis.del(`${prefix}:compat:${job.id}:lock`);
      await check(world, { maxStalledCount: 0 });
      yield await check(world, { maxStalledCount: 0 });
    }
    yield await queue.removeJobScheduler('s');
    await world.take('gone');
    await redis.del(`${prefix}:compat:${job.id}:lock`);
    await check(world, { maxStalledCount: 0 });
    yield await check(world, { maxStalledCount: 0 });
  },
  async *'while another worker of bullmq takes the jobs'(world) {
    await world.queue.upsertJobScheduler('s', { every: 1000 });
    await world.take('elsewhere');
    world.clock.advance(2500);
    yield await run(world);
  },
});

export const defaultedIterations = section(
  'a scheduler of a queue with defaults',
  {
    async *'its jobs have them'(world) {
      yield shown(await world.queue.upsertJobScheduler('s', { every: 1000 }, { opts: { attempts: 4 } }));
      yield await run(world);
      yield await world.queue.getJobSchedulers();
    },
  },
  { defaultJobOptions: { attempts: 9, removeOnFail: 3 } },
);

export const strategies = section(
  'a repeatStrategy',
  {
    async *'finds the slots of patterns'({ queue, manualWorker, clock }) {
      yield shown(await queue.upsertJobScheduler('s', { pattern: 'now and then', limit: 9 }, { name: 'n' }));
      const asked: unknown[] = [];
      const repeatStrategy = (...args: unknown[]): number => {
        asked.push(args);
        return clock.now + 700;
      };
      clock.advance(600);
      const job = await manualWorker({ settings: { repeatStrategy } }).getNextJob('token', { block: false });
      yield [shown(job), asked];
    },
    async *'is not asked about intervals'({ queue }) {
      yield shown(await queue.upsertJobScheduler('s', { every: 1000 }));
    },
    async *'is asked even for the first job'({ queue }) {
      yield shown(await queue.upsertJobScheduler('s', { pattern: 'x', immediately: true }));
    },
    async *'by a worker that runs'({ queue, work, clock }) {
      await queue.upsertJobScheduler('s', { pattern: 'x' });
      clock.advance(600);
      yield await work(resolved, { ends: 1, settings: { repeatStrategy: () => Promise.resolve(clock.now + 50) } });
    },
    async *'that fails keeps the job from being taken'({ queue, manualWorker, clock }) {
      await queue.upsertJobScheduler('s', { pattern: 'x' });
      clock.advance(600);
      const repeatStrategy = (): number => {
        throw new Error('boom');
      };
      const worker = manualWorker({ settings: { repeatStrategy } });
      const seen: unknown[] = [];
      worker.on('error', (error) => seen.push(error.message));
      yield await worker.getNextJob('token', { block: false });
      yield seen.at(-1);
    },
  },
  { settings: { repeatStrategy: (millis) => millis + 500 } },
);

const ANSWERS: Record<string, () => number | undefined | Promise<number | undefined>> = {
  nothing: () => undefined,
  'a time in the past': () => Date.now() - 5000,
  'a promise': () => Promise.resolve(Date.now() + 5000),
};

export const strategyAnswers = Object.entries(ANSWERS).flatMap(([what, repeatStrategy]) =>
  section(
    'a repeatStrategy answers',
    {
      async *[what]({ queue }) {
        yield shown(await queue.upsertJobScheduler('s', { pattern: 'x' }));
        yield await queue.getJobSchedulers();
      },
    },
    { settings: { repeatStrategy } },
  ),
);
