import type { FlowJob } from 'bullmq';

import { idsOf, jobsOf, leaf, parent } from '../flow-trees';
import { section, thrownBy, type Script } from '../scenario';
import { QUEUE_NAME, type World } from '../world';

const resolved = (): Promise<string> => Promise.resolve('done');

function qualified({ prefix }: World): string {
  return `${prefix}:${QUEUE_NAME}`;
}

export const addingFlows = section('flows', {
  async *'a parent and its children'({ flows }) {
    yield jobsOf(await flows.add(parent('root', [leaf('a'), leaf('b', { failParentOnFailure: true })])));
  },
  async *'levels are added one after the other'({ flows }) {
    const twig = parent('twig', [leaf('bud'), parent('spray', [leaf('tip')])]);
    yield idsOf(await flows.add(parent('root', [twig, leaf('leaf'), parent('stem', [leaf('thorn')])])));
  },
  async *'a root alone'({ flows }) {
    yield jobsOf(await flows.add(leaf('alone')));
  },
  async *'no children in a list of children'({ flows }) {
    yield jobsOf(await flows.add(parent('alone', [])));
  },
  async *'ids are random'({ flows }) {
    yield jobsOf(await flows.add({ name: 'job', queueName: QUEUE_NAME, data: { x: 1 } }));
  },
  async *'other queues and prefixes'({ flows, prefix }) {
    const far = { ...leaf('far'), queueName: 'elsewhere', prefix: `${prefix}:other` };
    yield jobsOf(await flows.add(parent('root', [{ ...parent('near', [far]), queueName: 'beside' }])));
  },
  async *'options of every kind'({ flows }) {
    const opts = { attempts: 3, backoff: 500, keepLogs: 2, removeOnComplete: true, stackTraceLimit: 1, sizeLimit: 99 };
    const children = [
      leaf('a', opts),
      leaf('b', { priority: 2 }),
      leaf('c', { delay: 4000 }),
      leaf('d', { lifo: true }),
    ];
    yield jobsOf(await flows.add(parent('root', children, { priority: 5, delay: 900, attempts: 2 })));
  },
  async *'rules for failed children'({ flows }) {
    const children = [
      leaf('a', { failParentOnFailure: true }),
      leaf('b', { continueParentOnFailure: true }),
      leaf('c', { ignoreDependencyOnFailure: true }),
      leaf('d', { removeDependencyOnFailure: true }),
    ];
    yield jobsOf(await flows.add(parent('root', children)));
  },
  async *'time stamps of their own'({ flows }) {
    yield jobsOf(await flows.add(parent('root', [leaf('a', { timestamp: 7, delay: 100 })], { timestamp: 5 })));
  },
  async *'defaults of the queues'({ flows }) {
    const child = { ...leaf('kid', { attempts: 9 }), queueName: 'kids' };
    const queuesOptions = {
      [QUEUE_NAME]: { defaultJobOptions: { removeOnComplete: true, priority: 4 } },
      kids: { defaultJobOptions: { attempts: 4, keepLogs: 1 } },
    };
    yield jobsOf(await flows.add(parent('root', [child]), { queuesOptions }));
  },
  async *'several flows at once'({ flows }) {
    const added = await flows.addBulk([parent('r', [leaf('a')]), parent('s', [leaf('b')]), leaf('t')]);
    yield added.map(idsOf);
  },
  async *'no flows at once'({ flows }) {
    yield await flows.addBulk([]);
  },
  async *'into a paused queue'({ flows, queue }) {
    await queue.pause();
    yield idsOf(await flows.add(parent('root', [leaf('a')])));
  },
  async *'below a job that exists'(world) {
    await world.flows.add(parent('root', [leaf('a')]));
    const opts = { jobId: 'twig', parent: { id: 'root', queue: qualified(world) } };
    yield jobsOf(await world.flows.add({ name: 'twig', queueName: QUEUE_NAME, opts, children: [leaf('b')] }));
  },
  async *'a child’s own parent does not count'(world) {
    const child = { ...leaf('a'), opts: { jobId: 'a', parent: { id: 'nobody', queue: qualified(world) } } };
    yield idsOf(await world.flows.add(parent('root', [child])));
  },
  async *'a child added later'(world) {
    await world.flows.add(parent('root', [leaf('a')]));
    await world.queue.add('late', {}, { jobId: 'b', parent: { id: 'root', queue: qualified(world) } });
    yield await world.queue.getWaitingChildren();
  },
});

/** What adding a flow throws, and that it adds nothing. */
function refusing(flow: unknown): Script {
  return async function* ({ flows }) {
    yield await thrownBy(() => flows.add(flow as FlowJob));
    yield await thrownBy(() => flows.addBulk([leaf('fine'), flow as FlowJob]));
  };
}

const deduplication = { id: 'x' };

export const refusedFlows = section('flows are refused', {
  'deduplication on a root with children': refusing({ ...parent('r', [leaf('a')]), opts: { deduplication } }),
  'deduplication on a parent below the root': refusing(
    parent('r', [{ ...parent('p', [leaf('a')]), opts: { deduplication } } as ReturnType<typeof leaf>]),
  ),
  'deduplication on a child': refusing(
    parent('r', [{ ...leaf('a'), opts: { deduplication } } as ReturnType<typeof leaf>]),
  ),
  'a priority that is not whole': refusing(parent('r', [leaf('a'), leaf('b', { priority: 1.5 })])),
  'an id that is a number': refusing(parent('12', [leaf('a')])),
  'two rules for failures': refusing(
    parent('r', [leaf('a', { failParentOnFailure: true, ignoreDependencyOnFailure: true })]),
  ),
  'data over its limit': refusing(parent('r', [{ ...leaf('a', { sizeLimit: 1 }), data: 'long' }])),
  async *'a root whose parent does not exist'(world) {
    const opts = { jobId: 'r', parent: { id: 'nobody', queue: qualified(world) } };
    const flow = { name: 'r', queueName: QUEUE_NAME, opts, children: [leaf('a')] };
    yield await thrownBy(() => world.flows.add(flow));
  },
  async *'one of several flows whose parent does not exist'(world) {
    world.flows.on('error', () => undefined);
    const opts = { jobId: 'r', parent: { id: 'nobody', queue: qualified(world) } };
    const orphan = { name: 'r', queueName: QUEUE_NAME, opts, children: [leaf('b')] };
    yield (await world.flows.addBulk([leaf('a'), orphan, leaf('c')])).map(idsOf);
  },
  async *'a root that belongs to another parent'(world) {
    await world.flows.add(parent('p', [leaf('z')]));
    await world.flows.add(parent('q', [leaf('y')]));
    const opts = { jobId: 'z', parent: { id: 'q', queue: qualified(world) } };
    const flow = { name: 'z', queueName: QUEUE_NAME, opts, children: [leaf('k')] };
    yield await thrownBy(() => world.flows.add(flow));
  },
});

export const flowsOfExistingJobs = section('flows of jobs that exist', {
  async *'the root'({ flows, queue }) {
    await queue.add('other', {}, { jobId: 'root' });
    yield idsOf(await flows.add(parent('root', [leaf('a')])));
  },
  async *'all of it and more'({ flows }) {
    await flows.add(parent('root', [leaf('a')]));
    yield idsOf(await flows.add(parent('root', [leaf('a'), leaf('b')])));
  },
  async *'a waiting child'({ flows, queue }) {
    await queue.add('other', {}, { jobId: 'a' });
    yield idsOf(await flows.add(parent('root', [leaf('a')])));
  },
  async *'a completed child'({ flows, queue, work }) {
    await queue.add('other', {}, { jobId: 'a' });
    await work(resolved);
    yield idsOf(await flows.add(parent('root', [leaf('a')])));
  },
  async *'a completed child beside an open one'({ flows, queue, work }) {
    await queue.add('other', {}, { jobId: 'a' });
    await work(resolved);
    yield idsOf(await flows.add(parent('root', [leaf('a'), leaf('b')])));
  },
  async *'a completed child of a parent with a delay'({ flows, queue, work }) {
    await queue.add('other', {}, { jobId: 'a' });
    await work(resolved);
    yield idsOf(await flows.add(parent('root', [leaf('a')], { delay: 3000 })));
  },
  async *'a failed child'({ flows, queue, work }) {
    await queue.add('other', {}, { jobId: 'a' });
    await work(() => Promise.reject(new Error('boom')));
    yield idsOf(await flows.add(parent('root', [leaf('a', { failParentOnFailure: true })])));
  },
  async *'a deduplicated root without children'({ flows }) {
    const once = (jobId: string): FlowJob => ({ name: jobId, queueName: QUEUE_NAME, opts: { jobId, deduplication } });
    yield [idsOf(await flows.add(once('a'))), idsOf(await flows.add(once('b')))];
    yield (await flows.addBulk([once('c'), leaf('d')])).map(idsOf);
  },
});
