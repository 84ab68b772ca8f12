import { once } from 'node:events';

import { Queue, QueueEvents, UnrecoverableError, Worker } from '..';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';

const connection = { url: redisUrl() };
/** Longer than any test may take. */
const WAITS_MS = 600_000;

describe('an event reader', () => {
  let queue: Queue;
  let events: QueueEvents;
  let worker: Worker | undefined;

  beforeEach(async () => {
    queue = new Queue('work', { connection, prefix: uniquePrefix() });
    events = new QueueEvents('work', { connection, prefix: queue.opts.prefix });
    await events.waitUntilReady();
  });
  afterEach(async () => {
    await worker?.close();
    await events.close();
    await queue.close();
  });

  /** Records the arguments of events, in the order they come. */
  function record(...names: Parameters<QueueEvents['on']>[0][]): unknown[][] {
    const heard: unknown[][] = [];
    for (const name of names) {
      events.on(name, (...args: unknown[]) => heard.push([name, ...args]));
    }
    return heard;
  }

  test('that is closed before it has connected has read to its end', async () => {
    const late = new QueueEvents('work', { connection, prefix: queue.opts.prefix, autorun: false });
    const reading = late.run();
    await late.close();
    await expect(reading).resolves.toBeUndefined();
  });

  test('tells the life of a job with its values', async () => {
    const heard = record('added', 'waiting', 'active', 'progress', 'completed', 'drained');
    worker = new Worker(
      'work',
      async (job) => {
        await job.updateProgress({ percent: 50 });
        return { ok: true };
      },
      { connection, prefix: queue.opts.prefix, autorun: false },
    );
    await queue.add('a', {});
    void worker.run();
    await until('drained', () => heard.some(([name]) => name === 'drained'));
    const id = expect.stringMatching(/^\d+-\d+$/) as unknown;
    expect(heard).toEqual([
      ['added', { jobId: '1', name: 'a' }, id],
      ['waiting', { jobId: '1' }, id],
      ['active', { jobId: '1', prev: 'waiting' }, id],
      ['progress', { jobId: '1', data: { percent: 50 } }, id],
      ['completed', { jobId: '1', returnvalue: { ok: true }, prev: 'active' }, id],
      ['drained', id],
    ]);
  });

  test('tells the events of one job under its id', async () => {
    const delayed = once(events, 'delayed:2');
    await queue.add('a', {}, { delay: 1_000 });
    const job = await queue.add('a', {}, { delay: 60_000 });
    const [args] = (await delayed) as [{ jobId: string; delay: number }];
    expect(args).toEqual({ jobId: '2', delay: job.timestamp + 60_000 });
  });

  test('tells of failures, retries that are used up, removals and pauses', async () => {
    const heard = record('failed', 'retries-exhausted', 'removed', 'paused', 'resumed');
    worker = new Worker('work', () => Promise.reject(new UnrecoverableError('no')), {
      connection,
      prefix: queue.opts.prefix,
    });
    await queue.add('a', {}, { attempts: 1 });
    await until('failed', () => heard.length >= 1);
    await queue.remove('1');
    await queue.pause();
    await queue.resume();
    await until('resumed', () => heard.some(([name]) => name === 'resumed'));
    expect(heard.map(([name, args]) => [name, (args as { failedReason?: string }).failedReason])).toEqual(
      expect.arrayContaining([
        ['failed', 'no'],
        ['removed', undefined],
        ['paused', undefined],
        ['resumed', undefined],
      ]),
    );
  });

  test('starts from an id when told to', async () => {
    await queue.add('a', {});
    const late = new QueueEvents('work', { connection, prefix: queue.opts.prefix, lastEventId: '0-0', autorun: false });
    const added = once(late, 'added');
    void late.run();
    expect((await added)[0]).toEqual({ jobId: '1', name: 'a' });
    await expect(late.run()).rejects.toThrow('Queue Events is already running.');
    await late.close();
  });

  test('a listener that throws becomes an error event; reading goes on', async () => {
    const errors: string[] = [];
    events.on('error', (error) => errors.push(error.message));
    events.on('added', () => {
      throw new Error('listener');
    });
    await queue.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {} },
    ]);
    await until('two errors', () => errors.length === 2);
    expect(errors).toEqual(['listener', 'listener']);
  });

  test('closes at once while it waits for events, and twice', async () => {
    const options = { connection, prefix: queue.opts.prefix, blockingTimeout: WAITS_MS };
    const waiting = new QueueEvents('work', options);
    await waiting.waitUntilReady();
    await expect(Promise.all([waiting.close(), waiting.close()])).resolves.toEqual([undefined, undefined]);
  });
});
