import { join } from 'node:path';

import { Redis } from 'ioredis';

import { Queue } from '..';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';
import { CommandProcess } from './support/worker-process';

const SCHEDULERS = 1000;
const EVERY_MS = 1000;
/** How long the schedulers run; longer runs: `SYNAPSE_TEST_SCHEDULERS_S=60`. */
const SECONDS = Number(process.env['SYNAPSE_TEST_SCHEDULERS_S'] ?? 8);
const ends = SECONDS * 1000;

/** Slots of the jobs that completed, by scheduler, as the event stream tells: one that completed twice stands there twice. */
async function completedSlots(redis: Redis, eventsKey: string): Promise<Map<string, number[]>> {
  const slots = new Map<string, number[]>();
  for (const [, fields] of await redis.xrange(eventsKey, '-', '+')) {
    const value = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
    if (value('event') !== 'completed') continue;
    const [, scheduler = '', slot] = value('jobId').split(':');
    slots.set(scheduler, [...(slots.get(scheduler) ?? []), Number(slot)]);
  }
  return slots;
}

describe(`kill -9 of a worker of ${SCHEDULERS} schedulers that fire every second`, () => {
  const prefix = uniquePrefix();
  const redis = new Redis(redisUrl());
  const queue = new Queue('scheduled', {
    ...{ connection: { url: redisUrl() }, prefix },
    streams: { events: { maxLen: 10_000_000 } },
  });
  const env = { REDIS_URL: redisUrl(), QUEUE_PREFIX: prefix };
  const file = join(__dirname, 'fixtures', 'scheduled-worker.cjs');
  const workers: CommandProcess[] = [];
  let slots: Map<string, number[]>;

  beforeAll(
    async () => {
      await queue.waitUntilReady();
      for (let i = 0; i < 2; i += 1) workers.push(await CommandProcess.startWorker(env, file));
      const endDate = Date.now() + ends;
      const ids = Array.from({ length: SCHEDULERS }, (_, i) => `s${i}`);
      await Promise.all(ids.map((id) => queue.upsertJobScheduler(id, { every: EVERY_MS, endDate })));
      await until('half of the time of the schedulers', () => Date.now() > endDate - ends / 2, 2 * ends);
      await workers[0]?.kill();
      workers.push(await CommandProcess.startWorker(env, file));
      const isOver = async (): Promise<boolean> =>
        Date.now() > endDate && (await queue.getJobCountByTypes('waiting', 'active', 'delayed')) === 0;
      await until('the last job', isOver, ends + 60_000);
      slots = await completedSlots(redis, queue.toKey('events'));
    },
    2 * ends + 120_000,
  );

  afterAll(async () => {
    for (const worker of workers) await worker.kill();
    await queue.obliterate({ force: true });
    await queue.close();
    await redis.quit();
  }, 60_000);

  test('every job that was added completed, and completed once', async () => {
    const schedulers = await queue.getJobSchedulers();
    expect(schedulers).toHaveLength(SCHEDULERS);
    const differing = schedulers.filter(({ key, iterationCount }) => slots.get(key)?.length !== iterationCount);
    expect(differing).toEqual([]);
  });

  test('no slot was used twice, and all lie a whole number of intervals apart', () => {
    const isIrregular = ([, used]: [string, number[]]): boolean =>
      new Set(used).size !== used.length || new Set(used.map((slot) => slot % EVERY_MS)).size !== 1;
    expect([...slots].filter(isIrregular)).toEqual([]);
  });

  test('no scheduler stopped before its end', async () => {
    const schedulers = await queue.getJobSchedulers();
    // Its last job ended so late that the next slot lies beyond the end, however late a slow machine was.
    const isEarly = await Promise.all(
      schedulers.map(async ({ key, endDate = 0 }) => {
        const last = await queue.getJob(`repeat:${key}:${Math.max(...(slots.get(key) ?? []))}`);
        return (last?.finishedOn ?? 0) <= endDate - EVERY_MS;
      }),
    );
    expect(schedulers.filter((_, i) => isEarly[i])).toEqual([]);
  });
});
