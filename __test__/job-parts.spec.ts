import { once } from 'node:events';

import type { Job } from '..';
import { Workshop } from './support/workshop';

const failing = new Error('this attempt fails');

describe('parts of a job', () => {
  let workshop: Workshop;
  beforeEach(() => {
    workshop = new Workshop();
  });
  afterEach(() => workshop.close());

  /** Runs the processor in as many attempts as it takes; the job at its end. */
  async function attempts(processor: (job: Job) => Promise<unknown>): Promise<Job> {
    const worker = workshop.work(processor);
    const completed = once(worker, 'completed');
    await workshop.queue.add('job', {}, { attempts: 5 });
    return ((await completed) as [Job])[0];
  }

  test('once runs a function in one attempt only and keeps its result', async () => {
    const charge = jest.fn(() => ({ invoice: 7 }));
    const nothing = jest.fn();
    const job = await attempts(async (job) => {
      const invoice = await job.once('charge', charge);
      const empty: unknown = await job.once('nothing', nothing);
      expect(empty).toBeUndefined();
      if (job.attemptsMade < 2) throw failing;
      return invoice;
    });
    expect(job.returnvalue).toEqual({ invoice: 7 });
    expect([charge.mock.calls.length, nothing.mock.calls.length, job.attemptsMade]).toEqual([1, 1, 3]);
  });

  test('once runs a function again that has failed', async () => {
    const flaky = jest.fn().mockRejectedValueOnce(failing).mockResolvedValue('done');
    const job = await attempts((job) => job.once('flaky', flaky as () => Promise<string>));
    expect([job.returnvalue, flaky.mock.calls.length]).toEqual(['done', 2]);
  });

  test('each goes on with the items that are left, in order', async () => {
    const sent: number[] = [];
    const job = await attempts((job) =>
      job.each([1, 2, 3, 4], String, (item) => {
        if (item === 3 && job.attemptsMade === 0) throw failing;
        sent.push(item);
        return item * 10;
      }),
    );
    expect(job.returnvalue).toEqual([10, 20, 30, 40]);
    expect(sent).toEqual([1, 2, 3, 4]);
  });

  test('each works on several items at once, and records those under way when one fails', async () => {
    const calls = new Map<number, number>();
    let underWay = 0;
    let most = 0;
    const job = await attempts((job) =>
      job.each(
        [...Array(20).keys()],
        String,
        async (item) => {
          calls.set(item, (calls.get(item) ?? 0) + 1);
          most = Math.max(most, (underWay += 1));
          await job.getState();
          underWay -= 1;
          if (item === 7 && job.attemptsMade === 0) throw failing;
        },
        { concurrency: 5 },
      ),
    );
    expect(job.attemptsMade).toBe(2);
    expect(most).toBe(5);
    expect([...calls].filter(([, count]) => count !== 1)).toEqual([[7, 2]]);
    expect(calls.size).toBe(20);
  });

  test('keys may hold anything, and once and each keep apart', async () => {
    const key = 'a"]\n\\:ü["once","x"]';
    const calls: string[] = [];
    const note = (text: string) => () => {
      calls.push(text);
      return text;
    };
    const job = await attempts(async (job) => {
      const results = [await job.once(key, note('once')), ...(await job.each([1], () => key, note('each')))];
      if (job.attemptsMade === 0) throw failing;
      return results;
    });
    expect(job.returnvalue).toEqual(['once', 'each']);
    expect(calls).toEqual(['once', 'each']);
  });

  test('two items with one key are refused before any is begun', async () => {
    const fn = jest.fn();
    const worker = workshop.work((job: Job) => job.each(['a', 'b', 'a'], String, fn));
    const job = await workshop.run(worker);
    expect(job.failedReason).toBe('two items have the key `a`');
    expect(fn).not.toHaveBeenCalled();
  });

  test('a job of one’s own hands them down to nobody', async () => {
    const fn = jest.fn(() => 1);
    const worker = workshop.work((job: Job) => job.once('key', fn));
    await workshop.run(worker);
    await workshop.run(worker);
    expect(fn).toHaveBeenCalledTimes(2);
  });
});
