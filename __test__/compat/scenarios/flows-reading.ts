import { jobsOf, leaf, parent, sorted } from '../flow-trees';
import { section, thrownBy } from '../scenario';
import { QUEUE_NAME, type World } from '../world';

/** A flow with a child of every kind; the parent has failed. */
async function family({ flows, work }: World): Promise<void> {
  const children = [
    leaf('done'),
    leaf('ignored', { ignoreDependencyOnFailure: true }),
    leaf('bad', { failParentOnFailure: true }),
    leaf('open', { delay: 90_000 }),
  ];
  await flows.add(parent('root', children));
  await work((job) => (job.name === 'done' ? Promise.resolve({ x: 1 }) : Promise.reject(new Error('boom'))), {
    ends: 4,
  });
}

/** What both sides say of a raw job: bullmq's has no id and no return value before it has one. */
function rawJobs(jobs: readonly object[]): unknown {
  return jobs.map((job) => {
    const { name, data, opts, timestamp, parentKey, returnvalue } = job as Record<string, unknown>;
    return { name, data, opts, timestamp, parentKey, returnvalue: returnvalue === 'null' ? undefined : returnvalue };
  });
}

export const readingFlows = section('reading flows', {
  async *'children by what became of them'(world) {
    await family(world);
    const root = await world.queue.getJob('root');
    yield [await root?.getDependencies(), await root?.getDependenciesCount()];
    yield [await root?.getChildrenValues(), await root?.getIgnoredChildrenFailures()];
  },
  async *'some kinds of children'(world) {
    await family(world);
    const root = await world.queue.getJob('root');
    yield await root?.getDependencies({ processed: {} });
    yield await root?.getDependencies({ unprocessed: {}, failed: {} });
    yield await root?.getDependencies({ ignored: { count: 5, cursor: 0 }, failed: { count: 5, cursor: 0 } });
    yield await root?.getDependencies({ failed: { cursor: 5, count: 5 } });
    yield await root?.getDependenciesCount({ processed: true, failed: true });
    yield await root?.getDependenciesCount({ unprocessed: true, ignored: false });
    yield await root?.getDependenciesCount({ processed: false });
  },
  async *'a job without children'({ flows, queue }) {
    await flows.add(leaf('alone'));
    const job = await queue.getJob('alone');
    yield [await job?.getDependencies(), await job?.getDependenciesCount()];
    yield [await job?.getChildrenValues(), await job?.getIgnoredChildrenFailures()];
    yield await queue.getDependencies('alone', 'processed', 0, -1);
    yield await queue.getDependencies('nobody', 'pending', 0, -1);
  },
  async *'ranges of children'({ flows, queue, work }) {
    await flows.add(parent('root', [leaf('done'), leaf('open', { delay: 90_000 })]));
    await work(() => Promise.resolve('result'), { ends: 1 });
    for (const type of ['processed', 'pending'] as const) {
      for (const [start, end] of [
        [0, -1],
        [0, 0],
        [1, 5],
      ] as const) {
        const { items, jobs, total } = await queue.getDependencies('root', type, start, end);
        yield [items, rawJobs(jobs), total];
      }
    }
  },
  async *'states and counts of parents'({ flows, queue }) {
    await flows.add(parent('root', [parent('twig', [leaf('a')])]));
    const root = await queue.getJob('root');
    yield [await root?.getState(), await root?.isWaitingChildren(), await queue.getWaitingChildrenCount()];
    yield await queue.getWaitingChildren();
    yield [await queue.count(), await queue.getJobCounts()];
  },
  async *'a whole flow'({ flows }) {
    await flows.add(parent('root', [leaf('a'), parent('twig', [leaf('b'), leaf('c')])]));
    yield jobsOf(await flows.getFlow({ queueName: QUEUE_NAME, id: 'root' }));
    yield jobsOf(await flows.getFlow({ queueName: QUEUE_NAME, id: 'twig' }));
    yield jobsOf(await flows.getFlow({ queueName: QUEUE_NAME, id: 'a' }));
  },
  async *'a flow over queues and prefixes'({ flows, prefix }) {
    const far = { ...leaf('far'), queueName: 'elsewhere' };
    await flows.add(parent('root', [{ ...parent('near', [far]), queueName: 'beside' }]));
    yield jobsOf(await flows.getFlow({ queueName: QUEUE_NAME, id: 'root', prefix }));
    yield jobsOf(await flows.getFlow({ queueName: 'beside', id: 'near' }));
  },
  async *'a part of a flow'({ flows }) {
    await flows.add(parent('root', [leaf('a'), parent('twig', [leaf('b')])]));
    for (const depth of [0, 1, 2, 3]) yield jobsOf(await flows.getFlow({ queueName: QUEUE_NAME, id: 'root', depth }));
    yield jobsOf(await flows.getFlow({ queueName: QUEUE_NAME, id: 'root', maxChildren: 7 }));
  },
  async *'a flow whose children have ended'(world) {
    await family(world);
    yield jobsOf(await world.flows.getFlow({ queueName: QUEUE_NAME, id: 'root' }));
  },
  async *'a flow that does not exist'({ flows }) {
    yield await flows.getFlow({ queueName: QUEUE_NAME, id: 'nobody' });
  },
});

export const untyingChildren = section('children are untied', {
  async *'one after the other'({ flows, queue }) {
    await flows.add(parent('root', [leaf('a'), leaf('b')]));
    const [a, b] = [await queue.getJob('a'), await queue.getJob('b')];
    yield [await a?.removeChildDependency(), a];
    yield await thrownBy(() => a?.removeChildDependency());
    yield await b?.removeChildDependency();
  },
  async *'a child that has completed'({ flows, queue, work }) {
    await flows.add(parent('root', [leaf('a'), leaf('b', { delay: 90_000 })]));
    await work(() => Promise.resolve(), { ends: 1 });
    yield await (await queue.getJob('a'))?.removeChildDependency();
  },
  async *'a job without a parent'({ flows, queue }) {
    await flows.add(leaf('alone'));
    const job = await queue.getJob('alone');
    yield await thrownBy(() => job?.removeChildDependency());
  },
  async *'a child whose parent vanished'({ flows, queue, redis, prefix }) {
    await flows.add(parent('root', [leaf('a')]));
    await redis.del(`${prefix}:${QUEUE_NAME}:root`);
    const job = await queue.getJob('a');
    yield await thrownBy(() => job?.removeChildDependency());
  },
  async *'a child that vanished'({ flows, queue, redis, prefix }) {
    await flows.add(parent('root', [leaf('a')]));
    const job = await queue.getJob('a');
    await redis.del(`${prefix}:${QUEUE_NAME}:a`);
    yield await thrownBy(() => job?.removeChildDependency());
  },
});

export const removingFlows = section('flows are removed', {
  async *'the only child'({ flows, queue }) {
    await flows.add(parent('root', [leaf('a')]));
    yield await queue.remove('a');
  },
  async *'one of two children'({ flows, queue }) {
    await flows.add(parent('root', [leaf('a'), leaf('b')]));
    yield await queue.remove('a');
  },
  async *'the root without its children'({ flows, queue }) {
    await flows.add(parent('root', [leaf('a'), leaf('b')]));
    yield await queue.remove('root', { removeChildren: false });
  },
  async *'a child that has completed'({ flows, queue, work }) {
    await flows.add(parent('root', [leaf('a'), leaf('b', { delay: 90_000 })]));
    await work(() => Promise.resolve({ kept: true }), { ends: 1 });
    yield await queue.remove('a');
    yield await (await queue.getJob('root'))?.getChildrenValues();
  },
  async *'a child that has failed its parent'({ flows, queue, work }) {
    await flows.add(parent('root', [leaf('bad', { failParentOnFailure: true })]));
    await work(() => Promise.reject(new Error('boom')));
    yield await queue.remove('bad');
    yield sorted((await (await queue.getJob('root'))?.getDependencies())?.failed);
  },
  async *'not while a worker has a job below'({ flows, queue, take }) {
    await flows.add(parent('root', [parent('twig', [leaf('a')])]));
    await take('my-token');
    yield await queue.remove('root');
    const root = await queue.getJob('root');
    yield await thrownBy(() => root?.remove());
  },
  async *'what has not been processed'({ flows, queue, work, take, prefix }) {
    await flows.add(parent('root', [leaf('done'), leaf('bad')]));
    await work((job) => (job.name === 'bad' ? Promise.reject(new Error('boom')) : Promise.resolve()));
    for (const jobId of ['running', 'open']) {
      await queue.add(jobId, {}, { jobId, parent: { id: 'root', queue: `${prefix}:${QUEUE_NAME}` } });
    }
    await take('my-token');
    yield await (await queue.getJob('root'))?.removeUnprocessedChildren();
  },
  async *'all that has not been processed'({ flows, queue }) {
    await flows.add(parent('root', [leaf('a', { delay: 9000 })]));
    yield await (await queue.getJob('root'))?.removeUnprocessedChildren();
  },
  async *'nothing below a leaf'({ flows, queue }) {
    await flows.add(parent('root', [leaf('a')]));
    yield await (await queue.getJob('a'))?.removeUnprocessedChildren();
  },
});
