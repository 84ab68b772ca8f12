import { section, thrownBy, type Script } from '../scenario';

const resolved = (): Promise<void> => Promise.resolve();
const boom = (): Promise<never> => Promise.reject(new Error('boom'));

export const removal = section('remove', {
  async *'a waiting job'({ queue }) {
    const job = await queue.add('job', {});
    await job.log('row');
    yield await job.remove();
    yield await queue.getJobs();
  },
  async *'a delayed job'({ queue }) {
    await queue.add('first', {}, { delay: 1000 });
    await queue.add('second', {}, { delay: 9000 });
    yield await queue.remove('1');
  },
  async *'a prioritised job'({ queue }) {
    await queue.add('job', {}, { priority: 2 });
    yield await queue.remove('1');
  },
  async *'finished jobs'({ queue, work }) {
    await queue.add('fine', {});
    await queue.add('bad', {});
    await work((job) => (job.name === 'fine' ? resolved() : boom()));
    yield await queue.remove('1');
    yield await queue.remove('2');
  },
  async *'a job that does not exist'({ queue }) {
    yield await queue.remove('nobody');
  },
  async *'a job that a worker holds'({ queue, take }) {
    await queue.add('job', {});
    await take('my-token');
    yield await queue.remove('1');
    const job = await queue.getJob('1');
    yield await thrownBy(() => job?.remove());
  },
  async *'an active job without a lock'({ queue, take, redis, prefix }) {
    await queue.add('job', {});
    await take('my-token');
    await redis.del(`${prefix}:compat:1:lock`);
    yield await queue.remove('1');
  },
  async *'tells local listeners'({ queue }) {
    const seen: unknown[] = [];
    queue.on('removed', (jobId) => seen.push(jobId));
    await queue.add('job', {});
    await queue.remove('1');
    await queue.remove('nobody');
    yield seen;
  },
});

export const draining = section('drain', {
  async *'removes what waits'({ queue }) {
    await queue.addBulk([
      ...[
        { name: 'a', data: 1 },
        { name: 'b', data: 2, opts: { priority: 1 } },
      ],
      { name: 'c', data: 3, opts: { delay: 1000 } },
    ]);
    yield await queue.drain();
    yield await queue.drain(true);
  },
  async *'leaves active and finished jobs'({ queue, work, take }) {
    await queue.add('finished', {});
    await work(resolved);
    for (let i = 0; i < 3; i += 1) await queue.add('job', { i });
    await take('my-token');
    yield await queue.drain();
  },
  async *'an empty queue'({ queue }) {
    yield await queue.drain(true);
  },
});

function cleaning(type: 'completed' | 'failed', grace: number, limit: number): Script {
  return async function* ({ queue, work, clock }) {
    for (let i = 0; i < 4; i += 1) {
      await queue.add('job', { i });
      await work(type === 'completed' ? resolved : boom);
      clock.advance(1000);
    }
    yield await queue.clean(grace, limit, type);
    yield await queue.getJobCounts();
  };
}

export const cleaningUp = section('clean', {
  'completed jobs': cleaning('completed', 0, 0),
  'completed jobs older than 2 s': cleaning('completed', 2500, 0),
  'at most two completed jobs': cleaning('completed', 0, 2),
  'failed jobs': cleaning('failed', 0, 0),
  'at most one failed job older than 1 s': cleaning('failed', 1500, 1),
  async *'waiting jobs'({ queue, clock }) {
    for (let i = 0; i < 3; i += 1) await queue.add('job', { i });
    clock.advance(1000);
    yield (await queue.clean(0, 2, 'wait')).sort();
    yield await queue.clean(0, 0, 'waiting');
  },
  async *'delayed and prioritised jobs'({ queue, clock }) {
    for (let i = 0; i < 2; i += 1) await queue.add('delayed', { i }, { delay: 60_000 });
    for (let i = 0; i < 2; i += 1) await queue.add('prioritised', { i }, { priority: 2 });
    clock.advance(1000);
    yield await queue.clean(0, 1, 'delayed');
    yield await queue.clean(0, 0, 'prioritized');
  },
  async *'active jobs without a lock'({ queue, take, clock, redis, prefix }) {
    for (let i = 0; i < 2; i += 1) await queue.add('job', { i });
    for (const token of ['token-1', 'token-2']) await take(token);
    await redis.del(`${prefix}:compat:1:lock`);
    clock.advance(1000);
    yield await queue.clean(0, 0, 'active');
  },
  async *'tells local listeners'({ queue, work }) {
    const seen: unknown[] = [];
    queue.on('cleaned', (jobs, type) => seen.push([jobs, type]));
    await queue.add('job', {});
    await work(resolved);
    await queue.add('job', {});
    await queue.clean(0, 0);
    await queue.clean(0, 0, 'waiting');
    yield seen;
  },
});

export const obliteration = section('obliterate', {
  async *'removes every key'({ queue, work }) {
    await queue.add('fine', {});
    await queue.add('bad', {});
    await work((job) => (job.name === 'fine' ? resolved() : boom()));
    await queue.addBulk([
      ...[
        { name: 'a', data: 1 },
        { name: 'b', data: 2, opts: { priority: 1 } },
      ],
      { name: 'c', data: 3, opts: { delay: 1000 } },
    ]);
    await queue.addJobLog('3', 'row');
    yield await queue.obliterate();
  },
  async *'refuses while jobs are active'({ queue, take }) {
    await queue.add('job', {});
    await take('my-token');
    yield await thrownBy(() => queue.obliterate());
    yield await queue.obliterate({ force: true });
  },
  async *'in small steps'({ queue }) {
    for (let i = 0; i < 7; i += 1) await queue.add('job', { i });
    yield await queue.obliterate({ count: 2 });
  },
});
