import { join } from 'node:path';

import { Queue, Worker } from '..';
import { LineProcess } from './support/line-process';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';

const WORKER = join(__dirname, 'fixtures', 'blocking-worker.cjs');
const LOCK_MS = 2000;

describe('a worker process that stands still beyond the lock of its job', () => {
  const connection = { url: redisUrl() };
  let prefix: string;
  let queue: Queue<{ blockMs: number }>;
  let still: LineProcess;
  let rescuer: Worker | undefined;

  beforeEach(() => {
    prefix = uniquePrefix();
    queue = new Queue('blocking', { connection, prefix });
  });
  afterEach(async () => {
    await rescuer?.close();
    rescuer = undefined;
    await still.kill();
    await queue.close();
  });

  async function startWorker(options: object): Promise<number> {
    const WORKER_OPTIONS = JSON.stringify({ lockDuration: LOCK_MS, skipStalledCheck: true, ...options });
    still = new LineProcess([WORKER], { REDIS_URL: redisUrl(), QUEUE_PREFIX: prefix, WORKER_OPTIONS });
    return Number((await still.line('pid ')).slice('pid '.length));
  }

  /** A worker that takes over what stalls. */
  function startRescuer(): Worker {
    const options = { connection, prefix, lockDuration: LOCK_MS, stalledInterval: 200 };
    rescuer = new Worker('blocking', () => Promise.resolve('rescued'), options);
    return rescuer;
  }

  test('keeps the job if only its event loop is blocked', async () => {
    await startWorker({});
    const job = await queue.add('block', { blockMs: 4 * LOCK_MS });
    await still.line('active 1');
    startRescuer();
    await still.line('completed 1');
    expect((await queue.getJob(job.id ?? ''))?.toJSON()).toMatchObject({ attemptsStarted: 1, stalledCounter: 0 });
  });

  test('is given up, and says so, once its event loop has been blocked for maxBlocked', async () => {
    await startWorker({ maxBlocked: LOCK_MS });
    await queue.add('block', { blockMs: 6 * LOCK_MS });
    await still.line('active 1');
    startRescuer();
    await until('the other worker', async () => (await queue.getJob('1'))?.returnvalue === 'rescued');
    const message = `gave up job 1: the event loop has not turned for more than ${LOCK_MS} ms (maxBlocked)`;
    expect(await still.line('error')).toBe(`error JOB_GIVEN_UP ${message}`);
    expect(await queue.getJobCounts('completed', 'failed', 'active')).toEqual({ completed: 1, failed: 0, active: 0 });
  });

  test('loses the job if the whole process is stopped, and notices when it goes on', async () => {
    const pid = await startWorker({});
    await queue.add('block', { blockMs: LOCK_MS });
    await still.line('active 1');
    process.kill(pid, 'SIGSTOP');
    startRescuer();
    await until('the other worker', async () => (await queue.getJob('1'))?.returnvalue === 'rescued');
    process.kill(pid, 'SIGCONT');
    expect(await still.line('error')).toContain('job 1');
    await queue.add('next', { blockMs: 0 });
    await until('both jobs', async () => (await queue.getCompletedCount()) === 2);
    expect((await queue.getJob('1'))?.toJSON()).toMatchObject({ returnvalue: 'rescued', attemptsMade: 1 });
  });
});
