import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { Queue, QueueService } from '..';
import { temporaryFolder } from './support/folder';
import { jpeg } from './support/images';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';
import { CommandProcess } from './support/worker-process';

const JOBS = 200;
const indexes = [...Array(JOBS).keys()];

/** How often each job completed, by the queue's own event stream. */
async function completions(redis: Redis, eventsKey: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const [, fields] of await redis.xrange(eventsKey, '-', '+')) {
    const value = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
    if (value('event') === 'completed') counts.set(value('jobId'), (counts.get(value('jobId')) ?? 0) + 1);
  }
  return counts;
}

describe('kill -9 of the worker in the middle of 200 jobs', () => {
  const prefix = uniquePrefix();
  const connection = { url: redisUrl() };
  const redis = new Redis(redisUrl());
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let worker: CommandProcess | undefined;

  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await worker?.kill();
  });
  afterAll(async () => {
    await redis.quit();
    await folder.remove();
  });

  test('native jobs all complete exactly once after a restart', async () => {
    const service = new QueueService({ connection, prefix, logger: { log: () => undefined, error: console.error } });
    await mkdir(join(folder.path, 'in'));
    const picture = await jpeg(400, 300);
    await Promise.all(indexes.map((index) => writeFile(join(folder.path, 'in', `${index}.jpg`), picture)));
    const env = {
      REDIS_URL: redisUrl(),
      QUEUE_PREFIX: prefix,
      WORKER_QUEUES: 'file-processing',
      WORKER_LOCK_DURATION_MS: '3000',
      WORKER_STALLED_INTERVAL_MS: '500',
      STORAGE_URL: `file:${folder.path}`,
      DATABASE_URL: `sqlite:${join(folder.path, 'rows.db')}`,
    };
    const queue = service.queue('file-processing');
    worker = await CommandProcess.startWorker(env);
    await Promise.all(
      indexes.map((index) =>
        service.addImageProcessing({ filePath: `in/${index}.jpg`, outputPath: `out/${index}.webp` }),
      ),
    );

    await until('a third of the jobs', async () => (await queue.getCompletedCount()) > JOBS / 3);
    await worker.kill();
    const left = JOBS - (await queue.getCompletedCount());
    worker = await CommandProcess.startWorker(env);
    await until('all jobs', async () => (await queue.getCompletedCount()) === JOBS);

    expect(left).toBeGreaterThan(0);
    // A write that was cut short leaves `<name>#<n>` beside the file, which is whole or not there.
    const written = (await readdir(join(folder.path, 'out'))).filter((name) => !/#\d+$/.test(name));
    expect(written.sort()).toEqual(indexes.map((index) => `${index}.webp`).sort());
    const completed = await completions(redis, queue.toKey('events'));
    expect([completed.size, ...new Set(completed.values())]).toEqual([JOBS, 1]);
    expect(await queue.getJobCounts('active', 'failed', 'waiting', 'delayed')).toEqual({
      active: 0,
      failed: 0,
      waiting: 0,
      delayed: 0,
    });
    expect(await worker.stop()).toBe(0);
    await service.close();
  }, 180_000);

  test('JavaScript jobs that ran at that moment run again, all others once', async () => {
    const queue = new Queue<{ index: number; blocks: boolean }>('counting', { connection, prefix });
    const env = { REDIS_URL: redisUrl(), QUEUE_PREFIX: prefix };
    const file = join(__dirname, 'fixtures', 'counting-worker.cjs');
    await queue.addBulk(indexes.map((index) => ({ name: 'count', data: { index, blocks: index >= JOBS / 2 } })));
    worker = await CommandProcess.startWorker(env, file);

    const midway = async () => (await queue.getCompletedCount()) === JOBS / 2 && (await queue.getActiveCount()) === 10;
    await until('half of the jobs and a full worker', midway);
    await until('all active jobs to have begun', async () => (await redis.hlen(`${prefix}:runs`)) === JOBS / 2 + 10);
    await worker.kill();
    const interrupted = (await queue.getActive()).map((job) => String(job.data.index)).sort();
    await redis.set(`${prefix}:released`, '1');
    worker = await CommandProcess.startWorker(env, file);
    await until('all jobs', async () => (await queue.getCompletedCount()) === JOBS);

    const runs = Object.entries(await redis.hgetall(`${prefix}:runs`));
    expect(runs).toHaveLength(JOBS);
    expect(runs.filter(([, count]) => count !== '1').sort()).toEqual(interrupted.map((index) => [index, '2']));
    const completed = await completions(redis, queue.toKey('events'));
    expect([completed.size, ...new Set(completed.values())]).toEqual([JOBS, 1]);
    expect(await worker.stop()).toBe(0);
    await queue.close();
  }, 180_000);
});
