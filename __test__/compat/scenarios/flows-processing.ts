import type { Job } from 'bullmq';

import { leaf, parent } from '../flow-trees';
import { section, thrownBy, type Script } from '../scenario';
import { QUEUE_NAME, type World } from '../world';

const boom = (): Promise<never> => Promise.reject(new Error('boom'));

/** Fails the jobs named `bad` and hands out what parents are told of their children. */
async function tellingOfChildren(job: Job): Promise<unknown> {
  if (job.name.startsWith('bad')) throw new Error('boom');
  return [inOrder(await job.getChildrenValues()), inOrder(await job.getIgnoredChildrenFailures())];
}

/** Redis keeps large values in no order. */
function inOrder(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b)));
}

export const runningFlows = section('flows run', {
  async *'children first, then their parent'({ flows, work }) {
    await flows.add(parent('root', [leaf('a'), leaf('b')]));
    yield await work(tellingOfChildren);
  },
  async *'from the bottom to the top'({ flows, work }) {
    await flows.add(parent('root', [parent('twig', [leaf('bud'), leaf('thorn')]), leaf('leaf')]));
    yield await work(tellingOfChildren);
  },
  async *'a chain'({ flows, work }) {
    await flows.add(parent('a', [parent('b', [parent('c', [parent('d', [leaf('e')])])])]));
    yield await work(tellingOfChildren);
  },
  async *'a parent with a priority'({ flows, queue, work }) {
    await flows.add(parent('root', [leaf('a')], { priority: 3 }));
    await queue.add('urgent', {}, { jobId: 'urgent', priority: 1 });
    await queue.add('late', {}, { jobId: 'late', priority: 9 });
    yield await work(tellingOfChildren);
  },
  async *'a parent with a delay waits for its time afterwards'({ flows, queue, work, clock }) {
    await flows.add(parent('root', [leaf('a')], { delay: 5000 }));
    yield await work(tellingOfChildren, { ends: 1 });
    yield await queue.getJobCounts();
    clock.advance(5000);
    yield await work(tellingOfChildren);
  },
  async *'a delayed child is waited for'({ flows, work, clock }) {
    await flows.add(parent('root', [leaf('a', { delay: 3000 }), leaf('b')]));
    yield await work(tellingOfChildren, { ends: 1 });
    clock.advance(3000);
    yield await work(tellingOfChildren);
  },
  async *'results stay when children are removed'({ flows, work, queue }) {
    await flows.add(parent('root', [leaf('a', { removeOnComplete: true }), leaf('b')]));
    yield await work(tellingOfChildren);
    yield await queue.remove('b');
    yield await (await queue.getJob('root'))?.getChildrenValues();
  },
  async *'a child that is tried again'({ flows, work }) {
    await flows.add(parent('root', [leaf('a', { attempts: 2, failParentOnFailure: true })]));
    yield await work((job) => (job.name === 'a' && job.attemptsMade === 0 ? boom() : tellingOfChildren(job)));
  },
  async *'a parent that vanished is not waited for'({ flows, work, redis, prefix }) {
    await flows.add(parent('root', [leaf('a')]));
    await redis.del(`${prefix}:${QUEUE_NAME}:root`, `${prefix}:${QUEUE_NAME}:root:dependencies`);
    await redis.zrem(`${prefix}:${QUEUE_NAME}:waiting-children`, 'root');
    yield await work(tellingOfChildren);
  },
});

/** A flow one of whose two children fails under this rule. */
function failing(rule: object, ends?: number): Script {
  return async function* ({ flows, work, queue }) {
    await flows.add(parent('root', [leaf('bad', rule), leaf('fine')]));
    yield await work(tellingOfChildren, ends === undefined ? {} : { ends });
    yield await queue.getJobCounts();
    const root = await queue.getJob('root');
    yield [root, await root?.getDependencies(), await root?.getDependenciesCount()];
  };
}

/** A flow all of whose children fail under this rule. */
function failingAltogether(rule: object): Script {
  return async function* ({ flows, work, queue }) {
    await flows.add(parent('root', [leaf('bad', rule)]));
    yield await work(tellingOfChildren);
    yield await queue.getJob('root');
  };
}

/** A grandchild fails under `lower`, and its parent, if it fails, under `upper`. */
function failingUpwards(lower: object, upper: object): Script {
  return async function* ({ flows, work, queue }) {
    await flows.add(parent('root', [parent('twig', [leaf('bad', lower)], upper)]));
    yield await work(tellingOfChildren);
    yield [await queue.getJob('root'), await queue.getJob('twig')];
    yield await queue.getJobCounts();
  };
}

const fail = { failParentOnFailure: true };
const goOn = { continueParentOnFailure: true };
const ignore = { ignoreDependencyOnFailure: true };
const forget = { removeDependencyOnFailure: true };

export const failingChildren = section('children fail', {
  'without a rule': failing({}, 2),
  'and fail their parent': failing(fail),
  async *'and let their parent go on'({ flows, work, queue }) {
    await flows.add(parent('root', [leaf('bad', goOn), leaf('open')]));
    const processor = async (job: Job): Promise<unknown> => {
      if (job.name === 'root') await job.removeUnprocessedChildren();
      return tellingOfChildren(job);
    };
    yield await work(processor);
    yield [await queue.getJob('root'), await queue.getJobCounts()];
  },
  'and are ignored': failing(ignore),
  'and are forgotten': failing(forget),
  'all of them, and fail their parent': failingAltogether(fail),
  'all of them, and let their parent go on': failingAltogether(goOn),
  'all of them, and are ignored': failingAltogether(ignore),
  'all of them, and are forgotten': failingAltogether(forget),
  'and fail their grandparent': failingUpwards(fail, fail),
  'and fail a parent that is ignored': failingUpwards(fail, ignore),
  'and fail a parent that is forgotten': failingUpwards(fail, forget),
  'and fail a parent that lets its own go on': failingUpwards(fail, goOn),
  async *'and fail a parent with attempts left'({ flows, work, queue }) {
    await flows.add(parent('root', [leaf('bad', fail)], { attempts: 3 }));
    yield await work(tellingOfChildren);
    yield await queue.getJob('root');
  },
  async *'and fail a parent with a priority'({ flows, work, queue }) {
    await flows.add(parent('root', [leaf('bad', fail)], { priority: 2 }));
    yield await work(tellingOfChildren);
    yield await queue.getJob('root');
  },
  async *'and fail a parent that waits for its time'({ flows, work, queue, prefix }) {
    await flows.add(leaf('root', { delay: 90_000 }));
    const opts = { jobId: 'bad', parent: { id: 'root', queue: `${prefix}:${QUEUE_NAME}` }, ...fail };
    await queue.add('bad', {}, opts);
    yield await work(tellingOfChildren, { ends: 2 });
    yield await queue.getJob('root');
  },
  async *'and fail a parent that waits by its priority'({ flows, work, queue, prefix }) {
    await flows.add(leaf('root', { priority: 7 }));
    const opts = { jobId: 'bad', parent: { id: 'root', queue: `${prefix}:${QUEUE_NAME}` }, ...fail };
    await queue.add('bad', {}, opts);
    yield await work(tellingOfChildren, { ends: 2 });
    yield await queue.getJob('root');
  },
  async *'at their second attempt'({ flows, work }) {
    await flows.add(parent('root', [leaf('bad', { attempts: 2, ...ignore })]));
    yield await work(tellingOfChildren, { ends: 3 });
  },
});

function parentOptions(world: World, rule: object = {}): object {
  return { jobId: 'child', parent: { id: 'root', queue: `${world.prefix}:${QUEUE_NAME}` }, ...rule };
}

/** An active job `root` with an open child. */
async function activeParent(world: World, rule: object = {}): Promise<Job> {
  await world.queue.add('root', {}, { jobId: 'root' });
  const root = await world.manualWorker().getNextJob('my-token', { block: false });
  await world.queue.add('child', {}, parentOptions(world, rule));
  return root;
}

export const waitingForChildren = section('waiting for children', {
  async *'a processor adds children and waits for them'(world) {
    const { queue, work, api } = world;
    await queue.add('root', {}, { jobId: 'root' });
    yield await work(
      async (job, token) => {
        if (job.name === 'child') return 'small';
        if (job.attemptsStarted > 1) return inOrder(await job.getChildrenValues());
        await queue.add('child', {}, parentOptions(world));
        if (await job.moveToWaitingChildren(token ?? '')) throw new api.WaitingChildrenError();
        return 'nothing to wait for';
      },
      { ends: 2 },
    );
  },
  async *'a processor without children goes on'({ queue, work }) {
    await queue.add('root', {}, { jobId: 'root' });
    yield await work(async (job, token) => ({ waits: await job.moveToWaitingChildren(token ?? '') }));
  },
  async *'one of them'(world) {
    const root = await activeParent(world);
    const queue = `${world.prefix}:${QUEUE_NAME}`;
    yield await root.moveToWaitingChildren('my-token', { child: { id: 'other', queue } });
    yield await root.moveToWaitingChildren('my-token', { child: { id: 'child', queue } });
    yield await root.isWaitingChildren();
  },
  async *'with another token'(world) {
    const root = await activeParent(world);
    yield await thrownBy(() => root.moveToWaitingChildren('other-token'));
  },
  async *'without a lock'(world) {
    const root = await activeParent(world);
    await world.redis.del(`${world.prefix}:${QUEUE_NAME}:root:lock`);
    yield await thrownBy(() => root.moveToWaitingChildren('my-token'));
  },
  async *twice(world) {
    const root = await activeParent(world);
    yield await root.moveToWaitingChildren('my-token');
    yield await thrownBy(() => root.moveToWaitingChildren('my-token'));
  },
  async *'of a job that vanished'(world) {
    const root = await activeParent(world);
    await world.redis.del(`${world.prefix}:${QUEUE_NAME}:root`);
    yield await thrownBy(() => root.moveToWaitingChildren('my-token'));
  },
  async *'completing with open children'(world) {
    const root = await activeParent(world);
    yield await thrownBy(() => root.moveToCompleted(1, 'my-token', false));
  },
  async *'after a child has failed the job'(world) {
    const root = await activeParent(world, fail);
    const child = await world.manualWorker().getNextJob('other-token', { block: false });
    await child.moveToFailed(new Error('boom'), 'other-token', false);
    yield await thrownBy(() => root.moveToWaitingChildren('my-token'));
    yield await thrownBy(() => root.moveToCompleted(1, 'my-token', false));
  },
});

export const retryingChildren = section('children run again', {
  async *'a failed child of a waiting parent'({ flows, work, queue }) {
    await flows.add(parent('root', [leaf('bad')]));
    await work(boom, { ends: 1 });
    yield await (await queue.getJob('bad'))?.retry();
    yield await work(() => Promise.resolve('at last'));
  },
  async *'a failed child of a failed parent'({ flows, work, queue }) {
    await flows.add(parent('root', [leaf('bad', fail)]));
    await work(boom);
    yield await (await queue.getJob('bad'))?.retry();
    yield await (await queue.getJob('root'))?.getDependencies();
  },
  async *'an ignored child'({ flows, work, queue }) {
    await flows.add(parent('root', [leaf('bad', ignore), leaf('other', { delay: 90_000 })]));
    await work(boom, { ends: 1 });
    yield await (await queue.getJob('bad'))?.retry();
    yield await (await queue.getJob('root'))?.getDependenciesCount();
  },
  async *'a completed child of a waiting parent'({ flows, work, queue }) {
    await flows.add(parent('root', [leaf('a'), leaf('other', { delay: 90_000 })]));
    await work(() => Promise.resolve(1), { ends: 1 });
    yield await (await queue.getJob('a'))?.retry('completed');
    yield await (await queue.getJob('root'))?.getDependenciesCount();
  },
});
