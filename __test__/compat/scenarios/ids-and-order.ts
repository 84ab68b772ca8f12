import { section } from '../scenario';

const resolved = (): Promise<void> => Promise.resolve();

export const customIds = section('custom id', {
  async *'is used and still counts'({ queue }) {
    yield await queue.add('first', {}, { jobId: 'mine' });
    yield await queue.add('second', {});
  },
  async *'that exists adds nothing'({ queue }) {
    yield await queue.add('first', { v: 1 }, { jobId: 'mine' });
    yield await queue.add('again', { v: 2 }, { jobId: 'mine', delay: 1000 });
    yield await queue.getJob('mine');
  },
  async *'that exists as a completed job adds nothing'({ queue, work }) {
    await queue.add('first', {}, { jobId: 'mine' });
    yield await work(resolved);
    yield await queue.add('again', {}, { jobId: 'mine' });
  },
  async *'of three parts'({ queue }) {
    yield await queue.add('parts', {}, { jobId: 'a:b:c' });
  },
  async *'twice in one bulk'({ queue }) {
    const opts = { jobId: 'mine' };
    yield await queue.addBulk([
      { name: 'a', data: 1, opts },
      { name: 'b', data: 2 },
      { name: 'c', data: 3, opts },
    ]);
  },
});

export const lifo = section('lifo', {
  async *'goes before those that wait'({ queue }) {
    await queue.add('a', {});
    await queue.add('b', {});
    yield await queue.add('c', {}, { lifo: true });
    yield await queue.getWaiting();
  },
  async *'is processed in that order'({ queue, work }) {
    for (const name of ['a', 'b', 'c']) await queue.add(name, {}, { lifo: true });
    yield await work((job) => Promise.resolve(job.name));
  },
});

export const bulk = section('bulk', {
  async *'all kinds at once'({ queue }) {
    yield await queue.addBulk([
      { name: 'standard', data: 1 },
      { name: 'delayed', data: 2, opts: { delay: 1000 } },
      { name: 'prioritised', data: 3, opts: { priority: 2 } },
      { name: 'lifo', data: 4, opts: { lifo: true } },
      { name: 'custom', data: 5, opts: { jobId: 'five' } },
      { name: 'more urgent', data: 6, opts: { priority: 1 } },
    ]);
    yield await queue.getJobCounts();
  },
  async *none({ queue }) {
    yield await queue.addBulk([]);
  },
  async *'300 jobs'({ queue }) {
    yield await queue.addBulk(Array.from({ length: 300 }, (_, i) => ({ name: `job ${i}`, data: { i } })));
  },
  async *'Job.createBulk'({ queue, api }) {
    yield await api.Job.createBulk(queue, [
      { name: 'a', data: 1, opts: { delay: 10 } },
      { name: 'b', data: 2 },
    ]);
  },
});

export const priority = section('priority', {
  async *'the most urgent first, equals in order'({ queue, work }) {
    for (const [name, value] of [
      ['c', 3],
      ['a', 1],
      ['c2', 3],
      ['none', 0],
      ['a2', 1],
    ] as const) {
      await queue.add(name, {}, { priority: value });
    }
    yield await queue.getPrioritized();
    yield await work((job) => Promise.resolve(job.name));
  },
  async *'the largest'({ queue }) {
    yield await queue.add('last', {}, { priority: 2_097_151 });
  },
  async *'counts per priority'({ queue }) {
    for (const value of [0, 1, 1, 7]) await queue.add('job', {}, { priority: value });
    yield await queue.getCountsPerPriority([0, 1, 2, 7]);
  },
  async *'is kept through a retry'({ queue, work }) {
    await queue.add('fails once', {}, { priority: 5, attempts: 2 });
    await queue.add('other', {}, { priority: 5 });
    yield await work((job) =>
      job.name === 'other' || job.attemptsMade > 0 ? Promise.resolve(1) : Promise.reject(new Error('not yet')),
    );
  },
  async *'is kept through a delay'({ queue, work, clock }) {
    yield await queue.add('later', {}, { priority: 5, delay: 2000 });
    clock.advance(5000);
    yield await work(resolved);
  },
  async *'can be changed'({ queue }) {
    const first = await queue.add('first', {});
    const second = await queue.add('second', {}, { priority: 3 });
    await queue.add('third', {}, { priority: 3 });
    yield await first.changePriority({ priority: 3 });
    yield await second.changePriority({ priority: 0 });
    yield [first.priority, second.priority, await queue.getJobs()];
  },
  async *'can be changed to go before its equals'({ queue }) {
    await queue.add('first', {}, { priority: 3 });
    const second = await queue.add('second', {}, { priority: 9 });
    yield await second.changePriority({ priority: 3, lifo: true });
    const third = await queue.add('third', {});
    await queue.add('fourth', {});
    yield await third.changePriority({ lifo: true });
  },
});
