import { stringifyJobData } from './job-data';
import type { Job } from './job';
import { LINES_PER_JOB, readJobRecord, type JobHeader } from './job-record';
import { LazyJson } from './lazy-json';
import { toError, type NativeErrorDetails } from './native-answer';
import type { FlowJob, FlowJobNode, FlowQueuesOpts } from './options/flow-options';
import type { JobsOptions } from './options/job-options';
import type { QueueLike } from './queue-like';
import type { NodeSpans } from './telemetry/flow-spans';

/** A job of a flow with its children; without any if it has none. */
export interface JobNode {
  /** The job. */
  job: Job;
  /** Jobs it waits for or has waited for. */
  children?: JobNode[];
}

/** Makes the queue of a job. */
type QueueOf = (name: string, prefix: string | undefined) => QueueLike;

/** A job of a flow on its way to the engine. */
interface FlowNode {
  flow: FlowJob | FlowJobNode;
  /** Position of its parent among all nodes; none for a root. */
  parent: number | undefined;
  ancestors: Ancestors | undefined;
}

/** The jobs above a node, nearest first. */
interface Ancestors {
  flow: FlowJob | FlowJobNode;
  above: Ancestors | undefined;
}

/** A flow that was handed to the engine. */
export interface AddedFlow {
  node: JobNode;
  /** Why its root was refused. */
  refusal?: Error;
}

/**
 * The jobs of flows as they cross to the engine, three lines each, level by level: BullMQ adds them in this order.
 *
 * @throws as {@link stringifyJobData}; `TypeError` for a flow that contains itself.
 */
export function linesOfFlows(
  flows: readonly FlowJob[],
  queuesOptions: FlowQueuesOpts,
  spans?: NodeSpans,
): { nodes: FlowNode[]; lines: string[] } {
  const nodes = flows.map((flow): FlowNode => ({ flow, parent: undefined, ancestors: undefined }));
  const lines: string[] = [];
  // The list grows while it is read.
  for (let position = 0; position < nodes.length; position += 1) {
    const { flow, parent, ancestors } = nodes[position] as FlowNode;
    const { name, queueName, prefix, opts } = flow;
    const merged: JobsOptions = { ...queuesOptions[queueName]?.defaultJobOptions, ...opts };
    lines.push(
      JSON.stringify([name, queueName, prefix ?? null, parent ?? null]),
      JSON.stringify(spans ? spans.open(flow, merged, parent) : merged),
      stringifyJobData(flow.data),
    );
    for (const child of childrenOf(flow, ancestors)) {
      nodes.push({ flow: child, parent: position, ancestors: { flow, above: ancestors } });
    }
  }
  return { nodes, lines };
}

function childrenOf(flow: FlowJob | FlowJobNode, ancestors: Ancestors | undefined): readonly FlowJobNode[] {
  const { children = [] } = flow;
  for (let above = ancestors; children.length > 0 && above; above = above.above) {
    if (above.flow === flow) {
      throw new TypeError(`the job ${flow.name} of a flow is among its own children`);
    }
  }
  return children;
}

/** Builds the jobs that the engine added: two lines each, a header with what it decided, and the options. */
export function readAddedFlows(
  text: string,
  nodes: readonly FlowNode[],
  job: typeof Job,
  queueOf: QueueOf,
): AddedFlow[] {
  const lines = text.split('\n');
  const added: AddedFlow[] = [];
  const built: JobNode[] = [];
  nodes.forEach(({ flow, parent }, index) => {
    const answered = JSON.parse(lines[2 * index] ?? '') as { job: JobHeader; refusal?: NativeErrorDetails };
    const opts = lines[2 * index + 1] ?? '';
    const texts = {
      data: LazyJson.of<unknown>(flow.data),
      opts: LazyJson.parsing<JobsOptions>(opts),
      returnvalue: LazyJson.of<unknown>(null),
    };
    const node: JobNode = {
      job: job.fromRecord(queueOf(flow.queueName, flow.prefix), { header: answered.job, texts }),
    };
    // It has not run yet, so there is no list of its failures.
    node.job.stacktrace = null;
    built.push(node);
    if (parent === undefined) {
      added.push({ node, ...(answered.refusal && { refusal: toError(answered.refusal) }) });
    } else {
      addChild(built[parent], node);
    }
  });
  return added;
}

/** Builds the jobs that the engine read: a line with queue, prefix and number of children, then the job; parents first. */
export function readFlow(text: string, job: typeof Job, queueOf: QueueOf): JobNode | undefined {
  const lines = text.split('\n');
  // Parents whose children follow, the nearest last.
  const open: { node: JobNode; missing: number }[] = [];
  let root: JobNode | undefined;
  for (let first = 0; first + LINES_PER_JOB < lines.length; first += LINES_PER_JOB + 1) {
    const [queueName, prefix, missing] = JSON.parse(lines[first] ?? '') as [string, string, number];
    const node: JobNode = { job: job.fromRecord(queueOf(queueName, prefix), readJobRecord(lines, first + 1)) };
    root ??= node;
    const parent = open.at(-1);
    if (parent) {
      addChild(parent.node, node);
      parent.missing -= 1;
    }
    open.push({ node, missing });
    while (open.at(-1)?.missing === 0) {
      open.pop();
    }
  }
  return root;
}

function addChild(parent: JobNode | undefined, child: JobNode): void {
  if (parent) {
    parent.children ??= [];
    parent.children.push(child);
  }
}
