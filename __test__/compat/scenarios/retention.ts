import type { JobsOptions } from 'bullmq';

import { section, type Script } from '../scenario';

type Keep = NonNullable<JobsOptions['removeOnComplete']>;

const outcomes = { completed: () => Promise.resolve(1), failed: () => Promise.reject(new Error('boom')) };

/** Three jobs end one after another, the last 30 s later: which of them stay? */
function keeping(keep: Keep, state: 'completed' | 'failed'): Script {
  return async function* ({ queue, work, clock }) {
    const opts = state === 'completed' ? { removeOnComplete: keep } : { removeOnFail: keep };
    for (const wait of [0, 1000, 30_000]) {
      clock.advance(wait);
      const job = await queue.add('job', {}, opts);
      await job.log('a row that goes with the job');
      yield await work(outcomes[state]);
    }
    yield await queue.getJobCounts();
  };
}

const KEEPS: Record<string, Keep> = {
  'nothing (true)': true,
  'everything (false)': false,
  'nothing (0)': 0,
  'two by number': 2,
  'two by count': { count: 2 },
  'ten seconds': { age: 10 },
  'ten seconds, one removed at a time': { age: 10, limit: 1 },
  'ten seconds or one': { age: 10, count: 1 },
};

export const retention = Object.entries(KEEPS).flatMap(([what, keep]) => [
  ...section('removeOnComplete keeps', { [what]: keeping(keep, 'completed') }),
  ...section('removeOnFail keeps', { [what]: keeping(keep, 'failed') }),
]);

export const workerRetention = section('retention of the worker', {
  async *'applies to jobs without their own'({ queue, work }) {
    for (let i = 0; i < 4; i += 1) await queue.add('job', {}, i === 0 ? { removeOnComplete: false } : {});
    yield await work(outcomes.completed, { removeOnComplete: { count: 1 }, removeOnFail: { count: 0 } });
  },
  async *'of failed jobs'({ queue, work }) {
    for (let i = 0; i < 3; i += 1) await queue.add('job', {});
    yield await work(outcomes.failed, { removeOnFail: { count: 1 } });
  },
  async *'a job that is retried goes when it fails for good'({ queue, work }) {
    await queue.add('job', {}, { attempts: 2, removeOnFail: true });
    yield await work(outcomes.failed);
  },
});
