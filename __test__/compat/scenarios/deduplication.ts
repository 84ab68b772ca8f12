import type { DeduplicationOptions, Job } from 'bullmq';

import { section, thrownBy } from '../scenario';
import type { World } from '../world';

const MODES: Record<string, Omit<DeduplicationOptions, 'id'>> = {
  simple: {},
  ttl: { ttl: 60_000 },
  extend: { ttl: 60_000, extend: true },
  replace: { replace: true },
  'replace with ttl': { replace: true, ttl: 60_000 },
  keepLastIfActive: { keepLastIfActive: true },
};

/** What a job that was added shows; options that hold their default are left out by one side. */
function shown({ id, name, data, deduplicationId, timestamp }: Job): unknown {
  return [id, name, data, deduplicationId, timestamp];
}

function take({ manualWorker }: World): Promise<Job> {
  return manualWorker().getNextJob('token', { block: false });
}

export const deduplication = Object.entries(MODES).flatMap(([mode, rules]) =>
  section(`deduplication, ${mode}`, {
    async *'while the first job waits'({ queue }) {
      for (const data of [1, 2])
        yield shown(await queue.add(`job ${data}`, data, { deduplication: { id: 'x', ...rules } }));
      yield await queue.getDeduplicationJobId('x');
    },
    async *'while the first job is delayed'({ queue }) {
      for (const data of [1, 2]) {
        yield shown(await queue.add(`job ${data}`, data, { delay: 5000, deduplication: { id: 'x', ...rules } }));
      }
      yield await queue.getDelayed();
    },
    async *'while the first job is prioritised'({ queue }) {
      for (const data of [1, 2]) {
        yield shown(await queue.add(`job ${data}`, data, { priority: 3, deduplication: { id: 'x', ...rules } }));
      }
    },
    async *'while the first job runs, and after it'(world) {
      const { queue } = world;
      await queue.add('job 1', 1, { deduplication: { id: 'x', ...rules } });
      const job = await take(world);
      for (const data of [2, 3])
        yield shown(await queue.add(`job ${data}`, data, { deduplication: { id: 'x', ...rules } }));
      yield await job.moveToCompleted('done', 'token', false);
      yield shown(await queue.add('job 4', 4, { deduplication: { id: 'x', ...rules } }));
    },
    async *'when the first job has failed'(world) {
      const { queue } = world;
      await queue.add('job 1', 1, { deduplication: { id: 'x', ...rules } });
      await (await take(world)).moveToFailed(new Error('boom'), 'token', false);
      yield shown(await queue.add('job 2', 2, { deduplication: { id: 'x', ...rules } }));
    },
    async *'when the first job was removed'({ queue }) {
      const job = await queue.add('job 1', 1, { deduplication: { id: 'x', ...rules } });
      yield await job.remove();
      yield shown(await queue.add('job 2', 2, { deduplication: { id: 'x', ...rules } }));
    },
    async *'in addBulk, with ids of their own'({ queue }) {
      const jobs = ['a', 'b', 'c'].map((jobId) => ({
        name: jobId,
        data: jobId,
        opts: { jobId, deduplication: { id: jobId === 'c' ? 'y' : 'x', ...rules } },
      }));
      yield (await queue.addBulk(jobs)).map(shown);
    },
  }),
);

export const deduplicationKeys = section('deduplication keys', {
  async *'removed through the queue'({ queue }) {
    await queue.add('job', 1, { deduplication: { id: 'x', ttl: 60_000 } });
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the old names still work
    yield [await queue.getDeduplicationJobId('x'), await queue.getDebounceJobId('x')];
    yield await queue.removeDeduplicationKey('x');
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the old names still work
    yield await queue.removeDebounceKey('x');
    yield await queue.getDeduplicationJobId('x');
  },
  async *'removed through a job'({ queue }) {
    const job = await queue.add('job', 1, { deduplication: { id: 'x' } });
    const held = await queue.add('job', 2, { deduplication: { id: 'x' } });
    const other = await queue.add('other', 3);
    yield await other.removeDeduplicationKey();
    yield await held.removeDeduplicationKey();
    yield await job.removeDeduplicationKey();
  },
  async *'removed through a job that does not hold it any more'({ queue }) {
    const options = { delay: 5000, deduplication: { id: 'x', replace: true } };
    const job = await queue.add('job', 1, options);
    await queue.add('job', 2, options);
    yield await job.removeDeduplicationKey();
  },
  async *'without an id'({ queue }) {
    yield await thrownBy(() => queue.add('job', 1, { deduplication: {} as DeduplicationOptions }));
    yield await thrownBy(() => queue.add('job', 1, { deduplication: { id: '' } }));
  },
  async *'of jobs that are drained'({ queue }) {
    await queue.add('job', 1, { deduplication: { id: 'x' } });
    yield await queue.drain();
    yield shown(await queue.add('job', 2, { deduplication: { id: 'x' } }));
  },
});
