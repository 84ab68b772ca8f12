import type { Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

import { redisUrl, uniquePrefix } from '../support/redis';
import { until } from '../support/until';
import { reference, subject, type Side } from './side';

const QUEUE = 'mixed';
const EVERY_MS = 100;
const connection = { host: '127.0.0.1', port: Number(new URL(redisUrl()).port) };

interface Closable {
  close(): Promise<unknown>;
}

let prefix: string;
let open: Closable[];

function closing<T extends Closable>(closable: T): T {
  open.push(closable);
  return closable;
}

function queueOf({ api }: Side): Queue {
  return closing(new api.Queue(QUEUE, { connection, prefix }));
}

function workerOf({ api }: Side, options = {}): Worker {
  return closing(new api.Worker(QUEUE, (job: Job) => Promise.resolve(job.data), { connection, prefix, ...options }));
}

/** The slots of completed jobs, in order. */
async function slotsOf(queue: Queue): Promise<number[]> {
  const jobs = await queue.getCompleted(0, -1);
  return jobs.map(({ id }) => Number(id?.split(':').at(-1))).sort((a, b) => a - b);
}

beforeEach(() => {
  prefix = uniquePrefix();
  open = [];
});
afterEach(async () => {
  for (const closable of open.reverse()) await closable.close();
});

describe.each([
  { owner: reference, runner: subject },
  { owner: subject, runner: reference },
])('$owner.label scheduler, $runner.label worker', ({ owner, runner }) => {
  test('goes on at its slots, with its template', async () => {
    const queue = queueOf(owner);
    const opts = { attempts: 2, priority: 3, removeOnFail: 5 };
    await queue.upsertJobScheduler('s', { every: EVERY_MS, limit: 5 }, { name: 'tick', data: { a: 1 }, opts });
    workerOf(runner);
    await until('five jobs', async () => (await queue.getCompletedCount()) === 5);
    const slots = await slotsOf(queue);
    expect(new Set(slots.map((slot) => slot % EVERY_MS)).size).toBe(1);
    const jobs = await queue.getCompleted();
    expect(
      jobs.map(({ name, data, opts: { attempts, priority } }): unknown => [name, data, attempts, priority]),
    ).toEqual(Array.from({ length: 5 }, () => ['tick', { a: 1 }, 2, 3]));
    expect(await queue.getJobScheduler('s')).toEqual(await queueOf(runner).getJobScheduler('s'));
  });

  test('with a pattern goes on at the next match', async () => {
    const queue = queueOf(owner);
    await queue.upsertJobScheduler('s', { pattern: '* * * * * *', immediately: true, tz: 'Asia/Kolkata', limit: 2 });
    workerOf(runner);
    await until('two jobs', async () => (await queue.getCompletedCount()) === 2);
    const [, second = 0] = await slotsOf(queue);
    const first = (await queue.getCompleted()).at(-1);
    // The match after the moment when the worker asked for it, which lies within the run of the first job.
    const moments = [first?.processedOn ?? 0, first?.finishedOn ?? 0];
    expect(moments.map((moment) => (Math.floor(moment / 1000) + 1) * 1000)).toContain(second);
  });

  test('can be replaced and removed by the other side', async () => {
    await queueOf(owner).upsertJobScheduler('s', { every: 3_600_000, offset: 1 }, { data: 1 });
    const other = queueOf(runner);
    expect((await other.upsertJobScheduler('s', { every: 3_600_000 }, { data: 2 })).data).toBe(2);
    expect(await other.getDelayedCount()).toBe(1);
    expect(await other.removeJobScheduler('s')).toBe(true);
    expect(await queueOf(owner).getJobCountByTypes('delayed', 'waiting')).toBe(0);
  });
});

test('two workers of each side share one scheduler: no slot runs twice', async () => {
  const queue = queueOf(subject);
  await queue.upsertJobScheduler('s', { every: 20, limit: 60 });
  for (const side of [reference, subject, reference, subject]) workerOf(side, { concurrency: 2 });
  await until('sixty jobs', async () => (await queue.getCompletedCount()) === 60);
  const slots = await slotsOf(queue);
  expect(new Set(slots).size).toBe(60);
  expect(await queue.getJobCountByTypes('delayed', 'waiting', 'active')).toBe(0);
  expect((await queue.getJobScheduler('s'))?.iterationCount).toBe(60);
});

test('our workers make up for a job that vanished from a scheduler of bullmq', async () => {
  const queue = queueOf(reference);
  await queue.upsertJobScheduler('s', { every: 200 });
  const [job] = await queue.getWaiting();
  const redis = new Redis(redisUrl());
  await redis.del(queue.toKey(job?.id ?? ''), queue.toKey('wait'));
  await redis.quit();
  workerOf(subject, { stalledInterval: 50 });
  await until('a job', async () => (await queue.getCompletedCount()) > 0);
  expect((await queue.getCompleted())[0]?.repeatJobKey).toBe('s');
});
