import type { Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

import { redisUrl, uniquePrefix } from '../support/redis';
import { untilSettled } from './settled';
import { previous, reference, subject, type Side } from './side';

const QUEUE = 'fleet';
const JOBS = 4000;
const BULK = 100;
const connection = { host: '127.0.0.1', port: Number(new URL(redisUrl()).port) };

/** What becomes of the job number `i`: how often it fails before it succeeds, or for good. */
interface Fate {
  readonly failures: number;
  readonly attempts: number;
}

function fateOf(i: number): Fate {
  if (i % 20 === 7) return { failures: 2, attempts: 3 };
  if (i % 50 === 11) return { failures: 2, attempts: 2 };
  return { failures: 0, attempts: 1 };
}

function optionsOf(i: number): object {
  const { attempts } = fateOf(i);
  if (i % 10 === 3) return { attempts, priority: 1 + (i % 5) };
  if (i % 10 === 6) return { attempts, delay: 50 + (i % 200) };
  return i % 4 === 3 ? { attempts, backoff: 20 } : { attempts };
}

describe.each([reference, previous])('two workers of $label, two of ours and both producers on one queue', (theirs) => {
  const prefix = uniquePrefix();
  const redis = new Redis(redisUrl());
  const sides = [theirs, subject, theirs, subject];
  let queues: Queue[];
  let workers: Worker[];
  const runs = new Map<number, number>();
  const ends = new Map<string, number>();

  async function produce(queue: Queue, first: number): Promise<void> {
    for (let at = first; at < JOBS; at += 2 * BULK) {
      const numbers = Array.from({ length: BULK }, (_, i) => at + i);
      await queue.addBulk(numbers.map((i) => ({ name: `job ${i}`, data: { i }, opts: optionsOf(i) })));
    }
  }

  function work(side: Side, index: number): Worker {
    const process = (job: Job<{ i: number }>): Promise<number> => {
      const { i } = job.data;
      runs.set(i, (runs.get(i) ?? 0) + 1);
      return job.attemptsMade < fateOf(i).failures
        ? Promise.reject(new Error(`failure ${job.attemptsMade}`))
        : Promise.resolve(i);
    };
    const worker = new side.api.Worker(QUEUE, process, {
      connection,
      prefix,
      concurrency: 20,
      name: `worker-${index}`,
    });
    worker.on('completed', (job) => ends.set(job.id ?? '', (ends.get(job.id ?? '') ?? 0) + 1));
    return worker;
  }

  beforeAll(async () => {
    queues = [theirs, subject].map(({ api }) => new api.Queue(QUEUE, { connection, prefix }));
    workers = sides.map(work);
    await Promise.all(queues.map((queue, i) => produce(queue, i * BULK)));
    if (queues[0]) await untilSettled(queues[0], JOBS);
    await Promise.all(workers.map((worker) => worker.close()));
  }, 90_000);

  afterAll(async () => {
    await queues[0]?.obliterate({ force: true });
    await Promise.all([...queues.map((queue) => queue.close()), redis.quit()]);
  });

  test('every job ended as it had to, and none is left over', async () => {
    const doomed = Array.from({ length: JOBS }, (_, i) => fateOf(i)).filter(
      ({ failures, attempts }) => failures >= attempts,
    );
    const counts = { completed: JOBS - doomed.length, failed: doomed.length };
    const none = { active: 0, delayed: 0, prioritized: 0, waiting: 0, 'waiting-children': 0 };
    // BullMQ 5 has one state more.
    for (const queue of queues) expect(await queue.getJobCounts()).toMatchObject({ ...counts, ...none });
  });

  test('every attempt ran exactly once', () => {
    const wanted = Array.from({ length: JOBS }, (_, i) => Math.min(fateOf(i).failures + 1, fateOf(i).attempts));
    expect(Array.from({ length: JOBS }, (_, i) => runs.get(i))).toEqual(wanted);
  });

  test('every completed job was reported once', () => {
    expect(new Set(ends.values())).toEqual(new Set([1]));
  });

  test('the event stream tells of one end per job', async () => {
    const entries = await redis.xrange(`${prefix}:${QUEUE}:events`, '-', '+');
    const completed = entries.filter(([, [, event]]) => event === 'completed').map(([, fields]) => fields[3]);
    expect(new Set(completed).size).toBe(completed.length);
  });

  test('counters agree with what ran', async () => {
    const jobs = ((await queues[1]?.getJobs(['completed', 'failed'])) ?? []) as Job<{ i: number }>[];
    const counters = jobs.map(({ attemptsMade, attemptsStarted, data }) => [
      attemptsMade,
      attemptsStarted,
      runs.get(data.i),
    ]);
    expect(counters.filter(([made, started, ran]) => made !== ran || started !== ran)).toEqual([]);
  });

  test('every worker took part', async () => {
    const jobs = (await queues[0]?.getJobs('completed')) ?? [];
    expect(new Set(jobs.map((job) => job.processedBy)).size).toBe(workers.length);
  });
});
