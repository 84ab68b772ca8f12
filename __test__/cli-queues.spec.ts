import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { Queue, Worker } from '..';
import { freePort } from '../scripts/servers/free-port.cjs';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';
import { CommandProcess } from './support/worker-process';

const COMMAND = join(__dirname, '..', 'dist', 'cli', 'index.js');

let prefix: string;
let queue: Queue;

beforeEach(() => {
  prefix = uniquePrefix();
  queue = new Queue('email', { connection: { url: redisUrl() }, prefix });
});
afterEach(async () => {
  await queue.obliterate({ force: true });
  await queue.close();
});

/** How a command ended. */
interface Ended {
  code: number | string;
  out: string;
  err: string;
}

async function run(...args: string[]): Promise<Ended> {
  const command = new CommandProcess(args, { REDIS_URL: redisUrl(), QUEUE_PREFIX: prefix, NO_COLOR: '1' });
  const code = await command.exit();
  return { code, out: command.lines.join('\n'), err: command.errors.join('\n') };
}

async function json<Value>(...args: string[]): Promise<Value> {
  const { code, out, err } = await run(...args, '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Value;
}

/** Lets all waiting jobs fail. */
async function failAll(): Promise<void> {
  const worker = new Worker('email', () => Promise.reject(new Error('no such mailbox')), {
    connection: { url: redisUrl() },
    prefix,
  });
  await until('all jobs to fail', async () => (await queue.count()) === 0 && (await queue.getActiveCount()) === 0);
  await worker.close();
}

async function addJobs(count: number): Promise<void> {
  await queue.addBulk(Array.from({ length: count }, (_, index) => ({ name: 'send', data: { index } })));
}

describe('synapse-queue stats', () => {
  test('prints a table of all queues under the prefix', async () => {
    await addJobs(3);
    await queue.add('later', {}, { delay: 3_600_000 });
    await until('the queue to be set up', () => queue.getVersion());
    const { code, out } = await run('stats');
    expect(code).toBe(0);
    const [head, row] = out.split('\n');
    expect(head).toMatch(/^QUEUE +WAITING +PRIORITIZED +ACTIVE +DELAYED +WAITING-CHILDREN +COMPLETED +FAILED +OLDEST/);
    expect(row).toMatch(/^email +3 +0 +0 +1 +0 +0 +0 +\d+m?s +0 +0$/);
  });

  test('tells the same as JSON, of the queues that are named', async () => {
    await addJobs(2);
    await queue.pause();
    const [email, other] = await json<Record<string, unknown>[]>('stats', '--queue', 'email', 'other');
    expect(email).toMatchObject({
      queue: 'email',
      counts: { waiting: 2, failed: 0 },
      paused: true,
      workers: 0,
      overdue: 0,
    });
    expect(email?.['oldestWaitingMs']).toBeGreaterThanOrEqual(0);
    expect(other).toMatchObject({ queue: 'other', counts: { waiting: 0 }, oldestWaitingMs: null });
  });

  test('asking makes no queue', async () => {
    await run('stats', '--queue', 'other');
    expect((await run('stats', '--prefix', `${prefix}-empty`)).out).toBe('There are no queues.');
    const redis = new Redis(redisUrl());
    expect(await redis.keys(`${prefix}*:other:*`)).toEqual([]);
    await redis.quit();
  });
});

describe('synapse-queue doctor', () => {
  test('says what is wrong and what to do, and ends with 1', async () => {
    await addJobs(1);
    const { code, out } = await run('doctor', '--queue', 'email');
    expect(code).toBe(1);
    expect(out).toContain('✔ version: ');
    expect(out).toContain('✔ maxmemory-policy: ');
    expect(out).toMatch(/Queue email\n✔ written by: bullmq:6/);
    expect(out).toContain(
      '✖ workers: no worker is connected and 1 job is to be done. Start one: `synapse-queue worker`',
    );
  });

  test('ends with 0 when there is no problem', async () => {
    await until('the queue to be set up', () => queue.getVersion());
    const { code, out } = await run('doctor', '--json', '--no-orphans');
    const [server, email] = JSON.parse(out) as { queue?: string; findings: { check: string; severity: string }[] }[];
    expect(code).toBe(0);
    expect(server?.findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['version', 'maxmemory-policy', 'persistence', 'latency', 'clock']),
    );
    expect(email?.queue).toBe('email');
    expect(email?.findings.map(({ check, severity }) => [check, severity])).toEqual([
      ['written by', 'ok'],
      ['workers', 'ok'],
      ['waiting', 'ok'],
      ['delayed', 'ok'],
      ['stalled', 'ok'],
      ['schedulers', 'ok'],
      ['failed', 'ok'],
    ]);
  });

  test('finds jobs that lost their worker, jobs in no state and schedulers without a next job', async () => {
    await queue.upsertJobScheduler('nightly', { every: 3_600_000, startDate: Date.now() + 3_600_000 });
    await addJobs(1);
    const redis = new Redis(redisUrl());
    const [next] = await queue.getDelayed();
    await redis.del(queue.toKey(next?.id ?? ''));
    await redis.lmove(queue.toKey('wait'), queue.toKey('active'), 'RIGHT', 'LEFT');
    await redis.hset(queue.toKey('lost'), 'name', 'send');
    await redis.quit();
    const { code, out } = await run('doctor', '--queue', 'email');
    expect(code).toBe(1);
    expect(out).toContain('✖ stalled: 1 active job has lost its worker');
    expect(out).toContain('✖ schedulers: 1 scheduler is without a next job: nightly');
    expect(out).toContain('▲ orphans: 1 job is in no state');
  });
});

describe('jobs', () => {
  test('are added with options, from an argument or from standard input', async () => {
    const data = '{"to":"ann@example.com"}';
    const options = ['--delay', '1h', '--attempts', '3', '--priority', '2', '--job-id', 'mine'];
    const added = await json('add', '--queue', 'email', 'send', data, ...options);
    expect(added).toEqual({ id: 'mine', name: 'send', queue: 'email' });
    const job = await queue.getJob('mine');
    expect(job).toMatchObject({
      data: { to: 'ann@example.com' },
      opts: { attempts: 3 },
      delay: 3_600_000,
      priority: 2,
    });
    const { stdout } = spawnSync(process.execPath, [COMMAND, 'add', '--queue', 'email', 'send', '-'], {
      env: { ...process.env, REDIS_URL: redisUrl(), QUEUE_PREFIX: prefix },
      input: '{"to":"bob@example.com"}\n',
      encoding: 'utf8',
    });
    expect(stdout).toBe('Job 2 added to email.\n');
    expect(await queue.getJob('2')).toMatchObject({ name: 'send', data: { to: 'bob@example.com' } });
  });

  test('are shown with state, failure and log', async () => {
    const { id = '' } = await queue.add('send\u001b[2J', { to: 'ann' });
    await queue.addJobLog(id, 'dialled');
    await failAll();
    const { out } = await run('job', id, '--queue', 'email');
    expect(out).toContain(`send\\u001b[2J ${id}: failed`);
    expect(out).toContain('data: {"to":"ann"}');
    expect(out).toContain('failedReason: no such mailbox');
    expect(out).toMatch(/finishedOn: \d{4}-\d\d-\d\dT/);
    expect(out).toContain('stacktrace:\n    Error: no such mailbox');
    expect(out).toContain('log:\n    dialled');
    expect(await json('job', id, '--queue', 'email')).toMatchObject({ state: 'failed', job: { id, attemptsMade: 1 } });
  });

  test('that do not exist are told in one line', async () => {
    for (const args of [
      ['job', '99'],
      ['retry', '99'],
    ]) {
      expect(await run(...args, '--queue', 'email')).toEqual({
        code: 1,
        out: '',
        err: 'synapse-queue: there is no job 99 in queue email',
      });
    }
  });

  test('that failed run again, one by one or all', async () => {
    await addJobs(3);
    await failAll();
    expect(await json('retry', '--queue', 'email', '2')).toEqual({ retried: 1 });
    expect(await queue.getJobCounts('waiting', 'failed')).toEqual({ waiting: 1, failed: 2 });
    expect(await json('retry', '--queue', 'email', '--yes')).toEqual({ retried: 2 });
    expect(await queue.getWaitingCount()).toBe(3);
    expect((await run('retry', '--queue', 'email')).out).toBe('Run again: 0 jobs.');
  });

  test('that wait are removed by drain, delayed ones only if asked', async () => {
    await addJobs(3);
    await queue.add('later', {}, { delay: 3_600_000 });
    expect(await json('drain', '--queue', 'email', '--yes')).toEqual({ removed: 3 });
    expect(await json('drain', '--queue', 'email', '--yes', '--delayed')).toEqual({ removed: 1 });
    expect(await queue.count()).toBe(0);
  });

  test('of one state are removed by clean, as old and as many as asked', async () => {
    await addJobs(5);
    await failAll();
    const clean = ['clean', '--queue', 'email', '--state', 'failed', '--yes'];
    expect(await json(...clean, '--grace', '1h')).toEqual({ removed: 0 });
    expect(await json(...clean, '--limit', '2')).toEqual({ removed: 2 });
    expect(await json(...clean)).toEqual({ removed: 3 });
  });
});

describe('synapse-queue pause and resume', () => {
  test('hold all workers and let them go', async () => {
    expect((await run('pause', '--queue', 'email')).out).toBe('email is paused.');
    expect(await queue.isPaused()).toBe(true);
    expect(await json('resume', '--queue', 'email')).toEqual({ queue: 'email', paused: false });
    expect(await queue.isPaused()).toBe(false);
  });
});

describe('synapse-queue bench', () => {
  test('measures and leaves nothing behind', async () => {
    const measured = await json<Record<string, number>>('bench', '--jobs', '500', '--concurrency', '5');
    expect(measured).toMatchObject({ jobs: 500, concurrency: 5 });
    expect(measured['addPerSecond']).toBeGreaterThan(0);
    expect(measured['processPerSecond']).toBeGreaterThan(0);
    const redis = new Redis(redisUrl());
    expect(await redis.keys(`${prefix}:synapse-queue-bench*`)).toEqual([]);
    await redis.quit();
    const { out } = await run('bench', '--jobs', '10');
    expect(out).toMatch(/^WHAT +RESULT\nround trip +[\d.]+ ms\nadd 10 jobs.*jobs\/s\nrun 10 empty jobs.*jobs\/s$/);
  });
});

describe('what cannot work is told in one line', () => {
  test.each([
    [2, "required option '-q, --queue <name>' not specified", ['pause']],
    [2, 'unknown command', ['fly']],
    [2, "option '--delay <time>' argument 'soon' is invalid", ['add', '-q', 'email', 'send', '--delay', 'soon']],
    [2, "option '--state <state>' argument 'lost' is invalid", ['clean', '-q', 'email', '--state', 'lost']],
    [2, 'the data is not JSON', ['add', '-q', 'email', 'send', '{']],
    [2, 'Queue name cannot contain :', ['pause', '-q', 'a:b']],
    [2, '--redis must be a URL that begins with redis://', ['stats', '--redis', 'http://u:secret@host']],
    [1, 'Priority should be between 0 and 2097151', ['add', '-q', 'email', 'send', '--priority', '2097152']],
  ])('%i: %s', async (code, message, args) => {
    const ended = await run(...args);
    expect(ended.err.split('\n')[0]).toContain(`synapse-queue: ${message}`);
    expect(ended.err).not.toContain('secret');
    expect(ended.err).not.toContain('    at ');
    expect([ended.code, ended.out]).toEqual([code, '']);
  });

  test('a Redis that is not there', async () => {
    const port = await freePort();
    const ended = await run('stats', '--redis', `redis://127.0.0.1:${port}`);
    expect(ended).toEqual({ code: 1, out: '', err: `synapse-queue: connect ECONNREFUSED 127.0.0.1:${port}` });
  });

  test('what would remove jobs where nobody can be asked', async () => {
    await addJobs(1);
    const ended = await run('drain', '--queue', 'email');
    expect(ended).toEqual({
      code: 2,
      out: '',
      err: 'synapse-queue: this would remove 1 job of email; add --yes to do it',
    });
    expect(await queue.getWaitingCount()).toBe(1);
  });
});

test('help teaches by examples', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  for (const command of [
    'worker',
    'stats',
    'doctor',
    'job',
    'add',
    'retry',
    'pause',
    'resume',
    'drain',
    'clean',
    'bench',
    'vapid',
  ]) {
    expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  }
  expect((await run('retry', '--help')).out).toContain('$ synapse-queue retry --queue email 17 18');
});
