import { section } from '../scenario';

const resolved = (): Promise<void> => Promise.resolve();

export const processing = section('processing', {
  async *'first in, first out'({ queue, work }) {
    for (const name of ['a', 'b', 'c']) await queue.add(name, { name });
    yield await work((job) => Promise.resolve({ seen: job.name }));
    yield await queue.getCompleted();
  },
  async *'every kind of result'({ queue, work }) {
    const results = [undefined, null, 0, '', 'text', [], {}, { deep: [{ x: null }] }, '🎥 \u2028 \n'];
    for (const result of results) await queue.add('result', { result });
    const seen = await work((job) => Promise.resolve(results[Number(job.id) - 1]));
    yield seen.map(([event, , result]) => [event, result]);
    yield await queue.getCompleted();
  },
  async *'a result that has no JSON fails the job'({ queue, work }) {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await queue.add('circular', {});
    const seen = await work(() => Promise.resolve(circular), { ends: 1 });
    yield seen.map(([event]) => event).filter((event) => event !== 'error');
    yield await (await queue.getJob('1'))?.getState();
  },
  async *'a named worker signs its jobs'({ queue, work }) {
    await queue.add('signed', {});
    yield await work(resolved, { name: 'worker-1' });
    yield await queue.getJob('1');
  },
  async *'the job and the token a processor gets'({ queue, work }) {
    await queue.add('inside', { x: 1 });
    const inside: unknown[] = [];
    yield await work(async (job, token) => {
      inside.push(job, token, await job.getState(), await job.isActive());
    });
    yield inside;
  },
  async *'an active job holds a lock'({ queue, worker, api, redis, prefix }) {
    await queue.add('long', {});
    let end = (): void => undefined;
    const running = worker(() => new Promise<void>((resolve) => (end = resolve)));
    await new Promise((resolve) => running.once('active', resolve));
    yield await queue.getActive();
    yield await redis.pttl(`${prefix}:compat:1:lock`).then((ms) => ms > 25_000 && ms <= 30_000);
    const completed = new Promise((resolve) => running.once('completed', resolve));
    end();
    await completed;
    yield await api.Job.fromId(queue, '1');
  },
  async *maxStartedAttempts({ queue, work }) {
    await queue.add('again', {}, { attempts: 5 });
    yield await work(() => Promise.reject(new Error('boom')), { maxStartedAttempts: 2 });
  },
  async *'metrics of finished jobs'({ queue, work, clock }) {
    const metrics = { maxDataPoints: 10 };
    await queue.add('one', {});
    await queue.add('two', {});
    yield await work(resolved, { metrics });
    clock.advance(180_000);
    await queue.add('three', {});
    yield await work(() => Promise.reject(new Error('boom')), { metrics });
    await queue.add('four', {});
    yield await work(resolved, { metrics });
    yield [await queue.getMetrics('completed'), await queue.getMetrics('failed')];
  },
});
