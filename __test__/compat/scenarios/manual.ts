import type { JobJson } from 'bullmq';

import { leaf, parent } from '../flow-trees';
import { section, thrownBy } from '../scenario';

export const manual = section('manual processing', {
  async *'take and complete'({ queue, manualWorker }) {
    await queue.add('job', {});
    const worker = manualWorker();
    const job = await worker.getNextJob('my-token', { block: false });
    yield job;
    yield await job.moveToCompleted({ ok: true }, 'my-token', false);
    yield job;
  },
  async *'complete and take the next'({ queue, manualWorker, api }) {
    await queue.add('first', {});
    await queue.add('second', { x: 1 });
    const worker = manualWorker();
    const job = await worker.getNextJob('my-token', { block: false });
    const [next, id, ...rest] = ((await job.moveToCompleted('done', 'my-token', true)) ?? []) as [JobJson, string];
    yield [api.Job.fromJSON(queue, next, id), ...rest];
  },
  async *'take and fail with attempts left'({ queue, manualWorker }) {
    await queue.add('job', {}, { attempts: 2, backoff: 1000 });
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job.moveToFailed(new Error('boom'), 'my-token', false);
    yield job;
  },
  async *'take and fail for good'({ queue, manualWorker }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job.moveToFailed(new Error('boom'), 'my-token', false);
    yield job;
  },
  async *'fail with attempts left takes no other job if it is tried at once'({ queue, manualWorker }) {
    await queue.add('first', {}, { attempts: 2 });
    await queue.add('second', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    await job.moveToFailed(new Error('boom'), 'my-token', true);
    yield 'failed';
  },
  async *'fail with attempts left and a lost lock lets jobs that are due wait all the same'(world) {
    const { queue, manualWorker, clock, redis, prefix } = world;
    await queue.add('a', {}, { attempts: 2 });
    await queue.add('due', {}, { delay: 1000 });
    const job = await manualWorker().getNextJob('my-token', { block: false });
    clock.advance(2000);
    await redis.del(`${prefix}:compat:${job.id}:lock`);
    yield await thrownBy(() => job.moveToFailed(new Error('boom'), 'my-token', false));
  },
  async *'fail with attempts left lets jobs that are due wait first'({ queue, manualWorker, clock }) {
    await queue.add('job', {}, { attempts: 2 });
    await queue.add('due', {}, { delay: 1000 });
    const job = await manualWorker().getNextJob('my-token', { block: false });
    clock.advance(2000);
    await job.moveToFailed(new Error('boom'), 'my-token', false);
    yield 'failed';
  },
  async *'take a parent whose child failed'({ flows, queue, manualWorker }) {
    await flows.add(parent('root', [leaf('bad', { failParentOnFailure: true })]));
    const bad = await manualWorker().getNextJob('my-token', { block: false });
    await bad.moveToFailed(new Error('boom'), 'my-token', false);
    await queue.add('next', {});
    const root = await manualWorker().getNextJob('my-token', { block: false });
    yield [root, root.deferredFailure];
    await root.moveToFailed(new Error('a child failed'), 'my-token', false);
  },
  async *'complete and take the next from a paused queue does not drain it'({ queue, manualWorker }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    await queue.pause();
    await job.moveToCompleted('done', 'my-token', true);
    yield 'completed';
  },
  async *'complete and take the next before a delayed one is due'({ queue, manualWorker }) {
    await queue.add('job', {});
    await queue.add('later', {}, { delay: 5000 });
    const job = await manualWorker().getNextJob('my-token', { block: false });
    const [, , ...rest] = ((await job.moveToCompleted('done', 'my-token', true)) ?? []) as unknown[];
    yield rest;
  },
  async *'a delayed job that is taken as the next is delayed no more'({ queue, manualWorker, api, clock }) {
    await queue.add('job', {});
    await queue.add('due', {}, { delay: 1000 });
    const worker = manualWorker();
    const job = await worker.getNextJob('my-token', { block: false });
    clock.advance(2000);
    const [next, id] = ((await job.moveToCompleted('done', 'my-token', true)) ?? []) as [JobJson, string];
    yield api.Job.fromJSON(worker, next, id);
  },
  async *'an empty queue'({ manualWorker }) {
    yield await manualWorker().getNextJob('my-token', { block: false });
  },
  async *'take, delay'({ queue, manualWorker, clock }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job.moveToDelayed(clock.now + 4000, 'my-token');
    yield job;
  },
  async *'take, put back'({ queue, manualWorker }) {
    await queue.add('job', {});
    await queue.add('other', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job.moveToWait('my-token');
    await queue.add('urgent', {}, { priority: 1 });
    yield await queue.getWaiting();
  },
  async *'put a prioritised job back'({ queue, manualWorker }) {
    await queue.add('job', {}, { priority: 3 });
    await queue.add('other', {}, { priority: 3 });
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job.moveToWait('my-token');
  },
  async *'another token cannot finish'({ queue, manualWorker }) {
    await queue.add('job', {}, { attempts: 3 });
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await thrownBy(() => job.moveToCompleted(1, 'other-token', false));
    yield await thrownBy(() => job.moveToFailed(new Error('boom'), 'other-token', false));
    yield await thrownBy(() => job.moveToDelayed(5000, 'other-token'));
    yield await thrownBy(() => job.moveToWait('other-token'));
  },
  async *'a lost lock cannot finish'({ queue, manualWorker, redis, prefix }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    await redis.del(`${prefix}:compat:1:lock`);
    yield await thrownBy(() => job.moveToCompleted(1, 'my-token', false));
  },
  async *'a vanished job cannot finish'({ queue, manualWorker, redis, prefix }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    await redis.del(`${prefix}:compat:1`);
    yield await thrownBy(() => job.moveToCompleted(1, 'my-token', false));
  },
  async *'a job that is not active cannot finish'({ queue, manualWorker }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    await job.moveToCompleted(1, 'my-token', false);
    yield await thrownBy(() => job.moveToCompleted(1, 'my-token', false));
  },
  async *extendLock({ queue, manualWorker, redis, prefix }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('my-token', { block: false });
    yield await job.extendLock('my-token', 90_000);
    yield await job.extendLock('other-token', 90_000);
    await redis.del(`${prefix}:compat:1:lock`);
    yield await job.extendLock('my-token', 90_000);
  },
  async *'fail a child and take the parent that fails with it'({ queue, flows, manualWorker, api }) {
    await flows.add(parent('root', [leaf('bad', { failParentOnFailure: true })]));
    const worker = manualWorker({ name: 'by hand' });
    const job = await worker.getNextJob('my-token', { block: false });
    const answered = (await job.moveToFailed(new Error('boom'), 'my-token', true)) as unknown;
    const [next, id] = answered as [JobJson, string];
    yield api.Job.fromJSON(queue, next, id);
  },
});
