import type { Job, Queue } from 'bullmq';
import { Redis } from 'ioredis';

import { Fleet } from '../support/fleet';
import { redisUrl, uniquePrefix } from '../support/redis';
import { untilSettled } from './settled';
import { reference, subject } from './side';

const QUEUE = 'fleet';
const JOBS = Number(process.env['SYNAPSE_FLEET_JOBS'] ?? 2000);
const BULK = 100;
const MS_PER_JOB = 15;
const PATIENCE_MS = 60_000 + JOBS * MS_PER_JOB;
const connection = { host: '127.0.0.1', port: Number(new URL(redisUrl()).port) };

/** What becomes of a job: how often it fails before it succeeds, and how often it may be tried. */
interface Fate {
  readonly i: number;
  readonly failures: number;
  readonly attempts: number;
}

function fateOf(i: number): Fate {
  if (i % 20 === 7) return { i, failures: 2, attempts: 3 };
  if (i % 50 === 11) return { i, failures: 2, attempts: 2 };
  return { i, failures: 0, attempts: 1 };
}

function optionsOf({ i, attempts }: Fate): object {
  if (i % 10 === 3) return { attempts, priority: 1 + (i % 5) };
  if (i % 10 === 6) return { attempts, delay: 50 + (i % 2000) };
  return i % 4 === 3 ? { attempts, backoff: { type: 'exponential', delay: 20 } } : { attempts };
}

describe(`${JOBS} jobs, two worker processes of each library, restarted at random`, () => {
  const prefix = uniquePrefix();
  const redis = new Redis(redisUrl());
  let queues: Queue[];
  let fleet: Fleet;

  async function produce(queue: Queue, first: number): Promise<void> {
    for (let at = first; at < JOBS; at += 2 * BULK) {
      const fates = Array.from({ length: Math.min(BULK, JOBS - at) }, (_, i) => fateOf(at + i));
      await queue.addBulk(fates.map((fate) => ({ name: 'job', data: fate, opts: optionsOf(fate) })));
    }
  }

  beforeAll(async () => {
    const options = { connection, prefix, streams: { events: { maxLen: 20 * JOBS } } };
    queues = [reference, subject].map(({ api }) => new api.Queue(QUEUE, options));
    fleet = new Fleet(QUEUE, prefix);
    fleet.unsettle();
    await Promise.all(queues.map((queue, i) => produce(queue, i * BULK)));
    if (queues[0]) await untilSettled(queues[0], JOBS, PATIENCE_MS);
  }, PATIENCE_MS);

  afterAll(async () => {
    await fleet.close();
    await queues[1]?.obliterate({ force: true });
    await Promise.all([...queues.map((queue) => queue.close()), redis.quit()]);
  }, 60_000);

  test('workers were killed and stopped meanwhile', () => {
    expect(fleet.restarts.killed).toBeGreaterThan(0);
    expect(fleet.restarts.stopped).toBeGreaterThan(0);
  });

  test('both libraries count every job as ended, and none as left over', async () => {
    const failed = Array.from({ length: JOBS }, (_, i) => fateOf(i)).filter((fate) => fate.failures >= fate.attempts);
    const none = { active: 0, delayed: 0, prioritized: 0, waiting: 0, 'waiting-children': 0 };
    const counts = { completed: JOBS - failed.length, failed: failed.length, ...none };
    for (const queue of queues) expect(await queue.getJobCounts()).toEqual(counts);
  });

  test('the event stream tells of exactly one end per job', async () => {
    const ends = new Map<string, number>();
    for (const [, fields] of await redis.xrange(`${prefix}:${QUEUE}:events`, '-', '+')) {
      const value = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
      if (!['completed', 'failed'].includes(value('event'))) continue;
      ends.set(value('jobId'), (ends.get(value('jobId')) ?? 0) + 1);
    }
    expect(ends.size).toBe(JOBS);
    expect([...ends].filter(([, times]) => times !== 1)).toEqual([]);
  });

  test('interrupted runs burned no attempts, whichever library reads them', async () => {
    for (const queue of queues) {
      const jobs = (await queue.getJobs(['completed', 'failed'])) as Job<Fate>[];
      const wrong = jobs.filter(
        ({ attemptsMade, data }) => attemptsMade !== Math.min(data.failures + 1, data.attempts),
      );
      expect(jobs).toHaveLength(JOBS);
      expect(wrong.map((job) => [job.id, job.attemptsMade, job.data])).toEqual([]);
    }
  });
});
