import { section, thrownBy } from '../scenario';

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
    yield await work((job) => Promise.resolve(results[Number(job.id) - 1]));
    yield await queue.getCompleted();
  },
  async *'a result that has no JSON fails the job'({ queue, work }) {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await queue.add('circular', {});
    yield (await work(() => Promise.resolve(circular), { ends: 1 })).map(([event]) => event);
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
  async *'a job moves itself to delayed'({ queue, work, api, clock }) {
    await queue.add('later', {}, { attempts: 2 });
    yield await work(async (job, token) => {
      await job.moveToDelayed(clock.now + 5000, token);
      throw new api.DelayedError();
    });
    clock.advance(5000);
    yield await work(resolved);
  },
  async *'a job moves itself back to wait'({ queue, work, api }) {
    await queue.add('later', {}, { attempts: 2 });
    yield await work(
      async (job, token) => {
        if (job.attemptsStarted > 1) return 'second time';
        await job.moveToWait(token);
        throw new api.WaitingError();
      },
      { ends: 1 },
    );
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

export const manual = section('manual processing', {
  async *'take and complete'({ queue, manualWorker }) {
    await queue.add('job', {});
    const worker = manualWorker();
    const job = await worker.getNextJob('my-token', { block: false });
    yield job;
    yield await job?.moveToCompleted({ ok: true }, 'my-token', false);
    yield job;
  },
  async *'complete and take the next'({ queue, manualWorker }) {
    await queue.add('first', {});
    await queue.add('second', { x: 1 });
    const worker = manualWorker();
    const job = await worker.getNextJob('my-token', { block: false });
    yield await job?.moveToCompleted('done', 'my-token', true);
  },
  async *'take and fail with attempts left'({ queue, manualWorker }) {
    await queue.add('job', {}, { attempts: 2, backoff: 1000 });
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job?.moveToFailed(new Error('boom'), 'my-token', false);
    yield job;
  },
  async *'take and fail for good'({ queue, manualWorker }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job?.moveToFailed(new Error('boom'), 'my-token', false);
    yield job;
  },
  async *'an empty queue'({ manualWorker }) {
    yield await manualWorker().getNextJob('my-token', { block: false });
  },
  async *'take, delay'({ queue, manualWorker, clock }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job?.moveToDelayed(clock.now + 4000, 'my-token');
    yield job;
  },
  async *'take, put back'({ queue, manualWorker }) {
    await queue.add('job', {});
    await queue.add('other', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job?.moveToWait('my-token');
    await queue.add('urgent', {}, { priority: 1 });
    yield await queue.getWaiting();
  },
  async *'put a prioritised job back'({ queue, manualWorker }) {
    await queue.add('job', {}, { priority: 3 });
    await queue.add('other', {}, { priority: 3 });
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job?.moveToWait('my-token');
  },
  async *'another token cannot finish'({ queue, manualWorker }) {
    await queue.add('job', {}, { attempts: 3 });
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await thrownBy(() => job?.moveToCompleted(1, 'other-token', false));
    yield await thrownBy(() => job?.moveToFailed(new Error('boom'), 'other-token', false));
    yield await thrownBy(() => job?.moveToDelayed(5000, 'other-token'));
    yield await thrownBy(() => job?.moveToWait('other-token'));
  },
  async *'a lost lock cannot finish'({ queue, manualWorker, redis, prefix }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    await redis.del(`${prefix}:compat:1:lock`);
    yield await thrownBy(() => job?.moveToCompleted(1, 'my-token', false));
  },
  async *'a vanished job cannot finish'({ queue, manualWorker, redis, prefix }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    await redis.del(`${prefix}:compat:1`);
    yield await thrownBy(() => job?.moveToCompleted(1, 'my-token', false));
  },
  async *'a job that is not active cannot finish'({ queue, manualWorker }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    await job?.moveToCompleted(1, 'my-token', false);
    yield await thrownBy(() => job?.moveToCompleted(1, 'my-token', false));
  },
  async *extendLock({ queue, manualWorker, redis, prefix }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job?.extendLock('my-token', 90_000);
    yield await job?.extendLock('other-token', 90_000);
    await redis.del(`${prefix}:compat:1:lock`);
    yield await job?.extendLock('my-token', 90_000);
  },
});
