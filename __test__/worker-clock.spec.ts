import { once } from 'node:events';

import type { Job, Queue } from '..';
import { Workshop } from './support/workshop';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

describe('while a test fakes the clock', () => {
  let workshop: Workshop;
  let queue: Queue;

  beforeEach(async () => {
    workshop = new Workshop();
    queue = workshop.queue;
    await queue.waitUntilReady();
  });
  afterEach(async () => {
    jest.useRealTimers();
    await workshop.close();
  });

  test.each([
    ['future', YEAR_MS],
    ['past', -YEAR_MS],
  ])('timestamps follow it into the %s, and nothing hangs', async (_, offset) => {
    const now = Date.now() + offset;
    jest.useFakeTimers({ now });
    const worker = workshop.work(() => Promise.resolve('done'));
    const completed = once(worker, 'completed');
    await queue.add('a', {});
    const [job] = (await completed) as [Job];
    const times = [job.timestamp, job.processedOn, job.finishedOn];
    expect(times.every((time) => time !== undefined && time >= now && time < now + 1_000)).toBe(true);
    await worker.close();
  });

  test('a delayed job is due when it says so', async () => {
    const now = Date.now() + YEAR_MS;
    jest.useFakeTimers({ now });
    const job = await queue.add('a', {}, { delay: YEAR_MS });
    const worker = workshop.work(() => Promise.resolve('done'), { autorun: false });
    jest.setSystemTime(now + YEAR_MS + 1);
    const completed = once(worker, 'completed');
    void worker.run();
    expect((await completed)[0]).toMatchObject({ id: job.id });
    await worker.close();
  });

  test('with only its Date faked, the same holds', async () => {
    const now = Date.UTC(2099, 0, 1);
    jest.useFakeTimers({ now, doNotFake: ['setTimeout', 'setImmediate', 'queueMicrotask', 'nextTick'] });
    const job = await queue.add('a', {});
    expect(job.timestamp).toBe(now);
    expect((await queue.getJob(job.id ?? ''))?.timestamp).toBe(now);
  });
});
