import type { Job, Processor, Queue, QueueEvents, Worker } from 'bullmq';

import { redisUrl, uniquePrefix } from '../support/redis';
import { Comparable } from './comparable';
import { previous, reference, subject, type Side } from './side';

const QUEUE = 'interop';
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

function workerOf({ api }: Side, processor: Processor, options = {}): Worker {
  return closing(new api.Worker(QUEUE, processor, { connection, prefix, ...options }));
}

/** Reads from the first event: bullmq is ready before its first read is on its way. */
async function eventsOf({ api }: Side): Promise<QueueEvents> {
  const events = closing(new api.QueueEvents(QUEUE, { connection, prefix, lastEventId: '0-0' }));
  await events.waitUntilReady();
  return events;
}

function jobsOf(worker: Worker, count: number): Promise<Job[]> {
  return new Promise((resolve, reject) => {
    const ended: Job[] = [];
    const add = (job: Job | undefined): void => {
      if (job) ended.push(job);
      if (ended.length === count) resolve(ended);
    };
    worker.on('completed', add);
    worker.on('failed', (job) => {
      if (job?.finishedOn !== undefined) add(job);
    });
    worker.on('error', reject);
  });
}

/** Everything a library reads of a job, with what it logged and where it stands. */
async function readBy(side: Side, jobId: string): Promise<unknown> {
  const queue = queueOf(side);
  const job = await side.api.Job.fromId(queue, jobId);
  const { stacktrace, ...json } = job?.asJSON() ?? {};
  const state = [await job?.getState(), await queue.getJobLogs(jobId), stacktrace, job?.processedBy];
  return new Comparable(prefix).of([job, json, ...state]);
}

beforeEach(() => {
  prefix = uniquePrefix();
  open = [];
});
afterEach(async () => {
  for (const closable of open.reverse()) await closable.close();
});

describe.each([
  { producer: reference, consumer: subject },
  { producer: subject, consumer: reference },
  { producer: previous, consumer: subject },
  { producer: subject, consumer: previous },
])('$producer.label Queue, $consumer.label Worker', ({ producer, consumer }) => {
  test('the processor gets the job as it was added', async () => {
    const opts = {
      attempts: 3,
      backoff: { type: 'exponential', delay: 10 },
      priority: 4,
      keepLogs: 9,
      removeOnFail: 5,
    };
    const added = await queueOf(producer).add('greet', { to: 'ann', list: [1, { x: null }] }, opts);
    const seen = new Promise<unknown>((resolve) => {
      workerOf(consumer, (job) => {
        resolve([
          job.id,
          job.name,
          job.data,
          job.opts,
          job.priority,
          job.timestamp,
          job.attemptsMade,
          job.attemptsStarted,
        ]);
        return Promise.resolve();
      });
    });
    expect(await seen).toEqual([added.id, 'greet', added.data, added.opts, 4, added.timestamp, 0, 1]);
  });

  test('results, reasons, progress and logs come back whole', async () => {
    const queue = queueOf(producer);
    await queue.addBulk(['fine', 'bad'].map((name) => ({ name, data: { name }, opts: { attempts: 2 } })));
    const worker = workerOf(
      consumer,
      async (job) => {
        await job.updateProgress({ started: true });
        await job.log(`row of ${job.name}`);
        if (job.name === 'bad') throw new Error('boom');
        return { done: [1, '🎥'] };
      },
      { name: 'worker-1' },
    );
    await jobsOf(worker, 2);
    for (const id of ['1', '2']) expect(await readBy(producer, id)).toEqual(await readBy(consumer, id));
    expect((await queue.getJob('1'))?.returnvalue).toEqual({ done: [1, '🎥'] });
    expect((await queue.getJob('2'))?.failedReason).toBe('boom');
  });

  test('delayed, prioritised and lifo jobs are all taken, in order', async () => {
    const queue = queueOf(producer);
    await queue.pause();
    await queue.add('prioritised', {}, { priority: 2 });
    await queue.add('more urgent', {}, { priority: 1 });
    await queue.add('first', {});
    await queue.add('front', {}, { lifo: true });
    await queue.add('delayed', {}, { delay: 300 });
    await queue.resume();
    const jobs = await jobsOf(
      workerOf(consumer, () => Promise.resolve()),
      5,
    );
    expect(jobs.map((job) => job.name)).toEqual(['front', 'first', 'more urgent', 'prioritised', 'delayed']);
  });

  test('a worker that waits is woken by an add', async () => {
    const queue = queueOf(producer);
    const worker = workerOf(consumer, () => Promise.resolve(), { drainDelay: 60 });
    const first = jobsOf(worker, 1);
    await queue.add('first', {});
    await first;
    const ended = jobsOf(worker, 2);
    await queue.add('second', {});
    await queue.add('soon', {}, { delay: 100 });
    expect((await ended).map((job) => job.name)).toEqual(['second', 'soon']);
  });

  test('the producer’s event reader follows the consumer’s work', async () => {
    const queue = queueOf(producer);
    const events = await eventsOf(producer);
    workerOf(consumer, (job) => (job.name === 'bad' ? Promise.reject(new Error('boom')) : Promise.resolve({ x: [1] })));
    const [fine, bad] = [await queue.add('fine', {}), await queue.add('bad', {})];
    expect(await fine.waitUntilFinished(events)).toEqual({ x: [1] });
    await expect(bad.waitUntilFinished(events)).rejects.toThrow('boom');
  });

  test('the consumer’s event reader follows the producer’s adds', async () => {
    const events = await eventsOf(consumer);
    const seen = new Promise<unknown>((resolve) => {
      events.on('waiting', (args) => {
        resolve(args);
      });
    });
    await queueOf(producer).add('greet', {});
    expect(await seen).toEqual({ jobId: '1' });
  });

  test('the producer can manage jobs the consumer holds or finished', async () => {
    const queue = queueOf(producer);
    const worker = workerOf(consumer, () => Promise.reject(new Error('boom')));
    await queue.add('bad', {});
    await jobsOf(worker, 1);
    await worker.close();
    await (await queue.getJob('1'))?.retry();
    // BullMQ 5 counts jobs put aside by a pause as well.
    const counts = await queueOf(consumer).getJobCounts('waiting', 'failed');
    expect(counts).toMatchObject({ waiting: 1, failed: 0 });
    expect(await queue.remove('1')).toBe(1);
    expect(await queueOf(consumer).getJob('1')).toBeUndefined();
  });

  test('a job whose worker vanished is taken over', async () => {
    const options = { lockDuration: 1000, skipLockRenewal: true, skipStalledCheck: true };
    const queue = queueOf(producer);
    await queue.add('abandoned', {});
    const vanished = closing(new producer.api.Worker(QUEUE, null, { connection, prefix, autorun: false, ...options }));
    await vanished.getNextJob('gone', { block: false });
    const worker = workerOf(consumer, () => Promise.resolve('rescued'), { stalledInterval: 300 });
    const stalled = new Promise((resolve) => worker.once('stalled', resolve));
    const [job] = await jobsOf(worker, 1);
    expect(await stalled).toBe('1');
    expect(job).toMatchObject({ id: '1', returnvalue: 'rescued', attemptsStarted: 2, stalledCounter: 1 });
  });
});

describe('a queue that BullMQ 5 has paused, which puts its waiting jobs aside', () => {
  test.each([
    { resumer: subject, name: 'we resume it' },
    { resumer: previous, name: 'BullMQ 5 resumes it' },
  ])('runs nothing until $name, then all jobs in order', async ({ resumer }) => {
    const [theirs, ours] = [queueOf(previous), queueOf(subject)];
    await theirs.addBulk(['first', 'second'].map((name) => ({ name, data: {} })));
    await theirs.pause();
    await theirs.add('third', {});
    const worker = workerOf(subject, (job) => Promise.resolve(job.name));
    await worker.waitUntilReady();
    const states = [await ours.isPaused(), await ours.getWaitingCount(), await ours.getActiveCount()];
    expect(states).toEqual([true, 3, 0]);
    const ended = jobsOf(worker, 3);
    await queueOf(resumer).resume();
    expect((await ended).map((job) => job.name)).toEqual(['first', 'second', 'third']);
  });
});
