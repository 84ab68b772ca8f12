import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import {
  ConnectionClosedError,
  ErrorCode,
  InvalidJobDataError,
  JobMissingError,
  LockMismatchError,
  Queue,
  QueueUnavailableError,
  RateLimitError,
  UnrecoverableError,
} from '..';
import { redisUrl, uniquePrefix } from './support/redis';

const run = promisify(execFile);

/** Runs a script in a process of its own; resolves with what it printed once it has exited by itself with 0. */
async function print(script: string): Promise<string> {
  const prelude = `const { Queue, Worker, QueueEvents } = require(${JSON.stringify(process.cwd())});
    const connection = { url: ${JSON.stringify(redisUrl())} }, prefix = ${JSON.stringify(uniquePrefix())};
    process.on('unhandledRejection', (error) => { console.log('unhandled', error); process.exitCode = 1; });`;
  const { stdout } = await run(process.execPath, ['-e', `${prelude}\n(async () => { ${script} })();`], {
    timeout: 15_000,
  });
  return stdout.trim();
}

describe('errors', () => {
  test('are real errors with their class, name and code', () => {
    const error = new JobMissingError('gone', { jobId: '7', cause: 'why' });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'JobMissingError', code: ErrorCode.JobNotExist, jobId: '7', cause: 'why' });
    expect(new LockMismatchError('x').code).toBe(-6);
    expect(new InvalidJobDataError('x').code).toBe('INVALID_JOB_DATA');
    expect(new UnrecoverableError().name).toBe('UnrecoverableError');
    expect(new RateLimitError().message).toBe('bullmq:rateLimitExceeded');
  });

  test('a deadline turns a Redis that does not answer into a typed error', async () => {
    const queue = new Queue('work', { connection: { port: 1 }, deadlineMs: 50, skipMetasUpdate: true });
    queue.on('error', () => undefined);
    await expect(queue.add('a', {})).rejects.toBeInstanceOf(QueueUnavailableError);
    await queue.close();
  });

  test('calls under way end when their handle is closed', async () => {
    const queue = new Queue('work', { connection: { port: 1 }, skipMetasUpdate: true });
    queue.on('error', () => undefined);
    const refusal = queue.add('a', {}).catch((error: unknown) => error);
    await queue.close();
    expect(await refusal).toBeInstanceOf(ConnectionClosedError);
  });
});

describe('a process', () => {
  test('exits by itself once everything is closed', async () => {
    const printed = await print(`
      const queue = new Queue('work', { connection, prefix });
      const events = new QueueEvents('work', { connection, prefix });
      const worker = new Worker('work', async (job) => job.data, { connection, prefix });
      const job = await queue.add('a', 42);
      console.log(await job.waitUntilFinished());
      await Promise.all([worker.close(), events.close(), queue.close()]);`);
    expect(printed).toBe('42');
  });

  test('is not kept alive by an idle queue', async () => {
    expect(
      await print(`
      const queue = new Queue('work', { connection, prefix });
      await queue.add('a', 1);
      console.log('added');`),
    ).toBe('added');
  });

  test('is kept alive by a worker until it is closed', async () => {
    expect(
      await print(`
      const worker = new Worker('work', async () => { console.log('ran'); await null; void worker.close(); }, { connection, prefix });
      await new Queue('work', { connection, prefix }).add('a', 1);`),
    ).toBe('ran');
  });

  test('sees no unhandled rejection when nothing listens and Redis is not there', async () => {
    const printed = await print(`
      console.error = () => undefined;
      const away = { port: 1, retryStrategy: () => null };
      const all = [
        new Queue('work', { connection: away }),
        new Worker('work', async () => 1, { connection: away }),
        new QueueEvents('work', { connection: away }),
      ];
      await Promise.allSettled(all.map((one) => one.waitUntilReady()));
      await Promise.all(all.map((one) => one.close()));
      console.log('closed');`);
    expect(printed).toBe('closed');
  });

  test('has one instance of the package for import and require', async () => {
    expect(
      await print(`
      const { Queue: Imported } = await import(${JSON.stringify(`${process.cwd()}/index.mjs`)});
      console.log(Imported === Queue);`),
    ).toBe('true');
  });
});
