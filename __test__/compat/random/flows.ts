import type { FlowJob, Job, JobsOptions } from 'bullmq';
import * as fc from 'fast-check';

import { idsOf, jobsOf, sorted } from '../flow-trees';
import { QUEUE_NAME } from '../world';
import { index, operation, type Operation } from './operation';
import type { Stage } from './stage';

/** How deep and how wide the trees of a run are. */
const DEPTH = 3;
const CHILDREN = 3;

/** A node of a flow before it has an id: `known` names a job that exists, if there is one. */
interface Node {
  readonly known: number | null;
  readonly opts: JobsOptions;
  readonly children: readonly Node[];
}

/** What the end of a child means to its parent. */
const rule = fc.constantFrom<JobsOptions>(
  {},
  {},
  { failParentOnFailure: true },
  { continueParentOnFailure: true },
  { ignoreDependencyOnFailure: true },
  { removeDependencyOnFailure: true },
);
const order = fc.oneof(
  fc.constant({}),
  fc.record({ delay: fc.nat({ max: 5000 }) }),
  fc.record({ priority: fc.nat({ max: 3 }) }),
);
const end = fc.constantFrom<JobsOptions>({}, {}, { attempts: 2 }, { removeOnComplete: true }, { removeOnFail: true });
const ofParent = fc.tuple(rule, end).map((parts): JobsOptions => Object.assign({}, ...parts));
const ofLeaf = fc.tuple(rule, end, order).map((parts): JobsOptions => Object.assign({}, ...parts));
const anew = fc.constant(null);
const known = fc.option(index, { freq: 6, nil: null });

/** Trees whose leaves, and only those, may be jobs that exist. */
function nodes(depth: number, leaf: fc.Arbitrary<number | null>): fc.Arbitrary<Node> {
  const childless = fc.record({ known: leaf, opts: ofLeaf, children: fc.constant<Node[]>([]) });
  return depth === 0 ? childless : fc.oneof(childless, parents(depth, anew, leaf));
}

function parents(
  depth: number,
  top: fc.Arbitrary<number | null>,
  leaf: fc.Arbitrary<number | null>,
): fc.Arbitrary<Node> {
  const children = fc.array(nodes(depth - 1, leaf), { minLength: 1, maxLength: CHILDREN });
  return fc.record({ known: top, opts: ofParent, children });
}

/** A tree below a new job, or one of new jobs below a parent that exists: never a job below itself. */
const tree = fc.oneof(
  { weight: 4, arbitrary: nodes(DEPTH - 1, known) },
  { weight: 1, arbitrary: parents(DEPTH - 1, known, anew) },
);

/** The flow of a tree; jobs without an id that is in use get the next of the run. */
function flowOf(stage: Stage, node: Node, isChild = false): FlowJob {
  const jobId = idOf(stage, node);
  if (isChild) stage.tie(jobId);
  if (node.children.length > 0) stage.addParent(jobId);
  const children = node.children.map((child) => flowOf(stage, child, true));
  return { name: 'grow', queueName: QUEUE_NAME, data: { of: jobId }, opts: { ...node.opts, jobId }, children };
}

function idOf(stage: Stage, { known: at, children }: Node): string {
  if (at === null) return stage.nextId();
  return children.length > 0 ? stage.parentId(at) : stage.childId(at);
}

/** Remembers the jobs of a flow and hands out their ids. */
function knowAll(stage: Stage, flow: FlowJob): void {
  if (flow.opts?.jobId !== undefined) stage.knowId(flow.opts.jobId);
  for (const child of flow.children ?? []) knowAll(stage, child);
}

/** Something asked of, or done to, any job as a parent or a child. */
function ofKin<Parameters>(
  name: string,
  weight: number,
  parameters: fc.Arbitrary<Parameters>,
  make: (job: Job, parameters: Parameters) => Promise<unknown>,
): Operation {
  return operation(name, weight, fc.record({ index, parameters }), async (stage, { index: at, parameters }) => {
    const job = await stage.job(at);
    return job === undefined ? 'no such job' : make(job, parameters);
  });
}

export const flows: readonly Operation[] = [
  operation('flows.add', 4, tree, async (stage, node) => {
    const flow = flowOf(stage, node);
    knowAll(stage, flow);
    return idsOf(await stage.world.flows.add(flow));
  }),
  operation('flows.addBulk', 1, fc.array(tree, { minLength: 1, maxLength: 2 }), async (stage, trees) => {
    const all = trees.map((node) => flowOf(stage, node));
    for (const flow of all) knowAll(stage, flow);
    return (await stage.world.flows.addBulk(all)).map(idsOf);
  }),
  operation('add a child', 2, fc.record({ of: index, opts: ofLeaf }), async (stage, { of, opts }) => {
    const id = stage.parentId(of);
    if ((await stage.queue.getJob(id)) === undefined) return 'no such parent';
    const jobId = stage.nextId();
    stage.tie(jobId);
    const job = await stage.queue.add('grow', {}, { ...opts, jobId, parent: { id, queue: stage.queue.qualifiedName } });
    stage.know(job);
    return job;
  }),
  operation('moveToWaitingChildren', 3, index, (stage, at) =>
    stage.release(at, ({ job, token }) => job.moveToWaitingChildren(token)),
  ),
  operation('getFlow', 1, index, async (stage, at) =>
    jobsOf(await stage.world.flows.getFlow({ queueName: QUEUE_NAME, id: stage.id(at) })),
  ),
  operation('remove without children', 1, index, (stage, at) =>
    stage.queue.remove(stage.id(at), { removeChildren: false }),
  ),
  ofKin('removeChildDependency', 1, fc.constant(null), (job) => job.removeChildDependency()),
  operation('removeUnprocessedChildren', 1, index, async (stage, at) => {
    const job = await stage.job(at);
    return job && stage.removeTree(stage.id(at), () => job.removeUnprocessedChildren());
  }),
  ofKin('getDependenciesCount', 1, fc.constant(null), (job) => job.getDependenciesCount()),
  ofKin('getChildrenValues', 1, fc.constant(null), async (job) => [
    sorted(Object.entries(await job.getChildrenValues())),
    sorted(Object.entries(await job.getIgnoredChildrenFailures())),
  ]),
];
