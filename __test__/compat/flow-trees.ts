import type { FlowJob, FlowJobNode, JobNode, JobsOptions } from 'bullmq';

import { QUEUE_NAME } from './world';

type Options = Omit<JobsOptions, 'parent' | 'repeat' | 'deduplication'>;

/** A job without children; its name is its id. */
export function leaf(jobId: string, opts: Options = {}): FlowJobNode & FlowJob {
  return { name: jobId, queueName: QUEUE_NAME, opts: { jobId, ...opts } };
}

/** A job with children; its name is its id. */
export function parent(jobId: string, children: FlowJobNode[], opts: Options = {}): FlowJobNode & FlowJob {
  return { name: jobId, queueName: QUEUE_NAME, data: { of: jobId }, opts: { jobId, ...opts }, children };
}

/** The jobs of a flow; Redis keeps children in no order. */
export function jobsOf(node: JobNode | undefined): unknown {
  if (node === undefined) return undefined;
  const children = [...(node.children ?? [])].sort((a, b) => String(a.job.id).localeCompare(String(b.job.id)));
  return { job: node.job, children: node.children && children.map(jobsOf) };
}

/** The ids of a flow. */
export function idsOf(node: JobNode | undefined): unknown {
  if (node === undefined) return undefined;
  return node.children ? { [String(node.job.id)]: node.children.map(idsOf) } : node.job.id;
}

/** Whatever Redis keeps in no order, in one. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  return value;
}
