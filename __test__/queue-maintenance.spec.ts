import { Redis } from 'ioredis';

import { Queue, Worker, type Job } from '..';
import { redisUrl, uniquePrefix } from './support/redis';

const connection = { url: redisUrl() };

function openQueue(options: Partial<ConstructorParameters<typeof Queue>[1]> = {}): Queue {
  return new Queue('work', { connection, prefix: uniquePrefix(), ...options });
}

describe('queue maintenance', () => {
  let queue: Queue;

  beforeEach(() => {
    queue = openQueue();
  });
  afterEach(() => queue.close());

  async function add(count: number, opts = {}): Promise<string[]> {
    const jobs = await queue.addBulk(Array.from({ length: count }, (_, n) => ({ name: 'job', data: { n }, opts })));
    return jobs.map((job) => job.id ?? '');
  }

  test('counts jobs by state', async () => {
    await add(3);
    await add(2, { delay: 60_000 });
    await add(1, { priority: 5 });
    expect(await queue.getJobCounts()).toEqual({
      active: 0,
      completed: 0,
      delayed: 2,
      failed: 0,
      prioritized: 1,
      waiting: 3,
      'waiting-children': 0,
    });
    expect(await queue.getJobCounts('wait', 'delayed')).toEqual({ wait: 3, delayed: 2 });
    expect(await queue.getJobCountByTypes('waiting', 'delayed')).toBe(5);
    expect(await queue.count()).toBe(6);
    const single = [
      queue.getWaitingCount(),
      queue.getDelayedCount(),
      queue.getPrioritizedCount(),
      queue.getActiveCount(),
      queue.getCompletedCount(),
      queue.getFailedCount(),
      queue.getWaitingChildrenCount(),
    ];
    expect(await Promise.all(single)).toEqual([3, 2, 1, 0, 0, 0, 0]);
    expect(await queue.getCountsPerPriority([0, 5, 5, 9])).toEqual({ 0: 3, 5: 1, 9: 0 });
  });

  test('reads jobs by state and range', async () => {
    const ids = await add(5);
    const [delayed] = await add(1, { delay: 60_000 });
    const idsOf = (jobs: Job[]) => jobs.map((job) => job.id);
    expect(idsOf(await queue.getWaiting())).toEqual(ids);
    expect(idsOf(await queue.getWaiting(1, 2))).toEqual(ids.slice(1, 3));
    expect(idsOf(await queue.getDelayed())).toEqual([delayed]);
    expect(idsOf(await queue.getJobs(['wait', 'delayed'], 0, 0, true))).toEqual([ids[0], delayed]);
    expect(await queue.getRanges(['waiting'], 0, 1, true)).toEqual(ids.slice(0, 2));
    expect(await queue.getJobState(ids[0] ?? '')).toBe('waiting');
    expect(await queue.getJobState('none')).toBe('unknown');
    expect(await queue.getJob('none')).toBeUndefined();
    for (const empty of [queue.getActive(), queue.getCompleted(), queue.getFailed(), queue.getPrioritized()]) {
      expect(await empty).toEqual([]);
    }
    expect(await queue.getWaitingChildren(0, 10)).toEqual([]);
  });

  test('pauses and resumes', async () => {
    const heard: string[] = [];
    queue.on('paused', () => heard.push('paused')).on('resumed', () => heard.push('resumed'));
    await queue.pause();
    expect(await queue.isPaused()).toBe(true);
    await queue.resume();
    expect(await queue.isPaused()).toBe(false);
    expect(heard).toEqual(['paused', 'resumed']);
  });

  test('drains waiting jobs, and delayed ones when asked', async () => {
    await add(2);
    await add(2, { delay: 60_000 });
    await queue.drain();
    expect(await queue.getJobCounts('waiting', 'delayed')).toEqual({ waiting: 0, delayed: 2 });
    await queue.drain(true);
    expect(await queue.count()).toBe(0);
  });

  test('cleans one state and tells what went', async () => {
    const cleaned: unknown[] = [];
    queue.on('cleaned', (ids, type) => cleaned.push(ids, type));
    const ids = await add(3);
    const [first, second] = ids;
    expect(await queue.clean(0, 2, 'waiting')).toEqual([second, first]);
    expect(cleaned).toEqual([[second, first], 'wait']);
    expect(await queue.getWaitingCount()).toBe(1);
  });

  test('obliterates everything', async () => {
    await add(3);
    await queue.obliterate();
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0 });
    const redis = new Redis(redisUrl());
    expect(await redis.keys(`${queue.qualifiedName}:*`)).toEqual([]);
    await redis.quit();
  });

  test('removes single jobs', async () => {
    const removed: string[] = [];
    queue.on('removed', (id) => removed.push(id));
    const [id = ''] = await add(1);
    expect(await queue.remove(id)).toBe(1);
    expect(removed).toEqual([id]);
    expect(await queue.getJob(id)).toBeUndefined();
  });

  test('promotes all delayed jobs', async () => {
    await add(3, { delay: 60_000 });
    await queue.promoteJobs();
    expect(await queue.getJobCounts('waiting', 'delayed')).toEqual({ waiting: 3, delayed: 0 });
  });

  test('retries all failed jobs', async () => {
    await add(3);
    const worker = new Worker('work', () => Promise.reject(new Error('no')), {
      connection,
      prefix: queue.opts.prefix,
      concurrency: 3,
    });
    await new Promise<void>((resolve) => worker.on('drained', resolve));
    await worker.close();
    expect(await queue.getFailedCount()).toBe(3);
    await queue.retryJobs({ count: 2 });
    expect(await queue.getJobCounts('waiting', 'failed')).toEqual({ waiting: 3, failed: 0 });
  });

  test('keeps logs and progress of jobs by id', async () => {
    const heard: unknown[] = [];
    queue.on('progress', (id, progress) => heard.push(id, progress));
    const [id = ''] = await add(1);
    expect(await queue.addJobLog(id, 'one')).toBe(1);
    expect(await queue.addJobLog(id, 'two')).toBe(2);
    expect(await queue.getJobLogs(id)).toEqual({ logs: ['one', 'two'], count: 2 });
    expect(await queue.getJobLogs(id, 0, 0, false)).toEqual({ logs: ['two'], count: 2 });
    await queue.updateJobProgress(id, { percent: 5 });
    expect(heard).toEqual([id, { percent: 5 }]);
    expect((await queue.getJob(id))?.progress).toEqual({ percent: 5 });
  });

  test('limits rate and concurrency over all workers', async () => {
    expect(await queue.getGlobalConcurrency()).toBeNull();
    await queue.setGlobalConcurrency(2);
    expect(await queue.getGlobalConcurrency()).toBe(2);
    expect(await queue.isMaxed()).toBe(false);
    expect(await queue.removeGlobalConcurrency()).toBe(1);
    await queue.setGlobalRateLimit(3, 1_000);
    expect(await queue.getGlobalRateLimit()).toEqual({ max: 3, duration: 1_000 });
    expect(await queue.removeGlobalRateLimit()).toBe(2);
    await queue.rateLimit(60_000);
    expect(await queue.getRateLimitTtl()).toBeGreaterThan(50_000);
    expect(await queue.removeRateLimitKey()).toBe(1);
  });

  test('trims its events and reads its metrics', async () => {
    await add(20);
    expect(await queue.trimEvents(0)).toBeGreaterThanOrEqual(0);
    expect(await queue.getMetrics('completed')).toEqual({
      meta: { count: 0, prevTS: 0, prevCount: 0 },
      data: [],
      count: 0,
    });
  });

  test('knows no deduplication that nobody made', async () => {
    expect(await queue.getDeduplicationJobId('x')).toBeNull();
    expect(await queue.removeDeduplicationKey('x')).toBe(0);
  });
});
