import type { Untyped } from '../types';
import type { DeduplicationOptions, JobsOptions } from './job-options';
import type { QueueBaseOptions, QueueOptions } from './queue-options';

/** Options of a {@link FlowProducer}. */
export type FlowProducerOptions = QueueBaseOptions;

/** Options of the root of a flow. */
export interface FlowJobOpts extends Omit<JobsOptions, 'deduplication'> {
  /** Keeps others of its kind away; a job of a flow cannot be replaced. */
  deduplication?: Omit<DeduplicationOptions, 'replace'>;
}
/** Options of a job below another, with children. */
export type FlowParentJobOpts = Omit<FlowJobOpts, 'deduplication' | 'parent'>;
/** Options of a job below another, without children. */
export type FlowNestedLeafJobOpts = Omit<FlowJobOpts, 'parent'>;

/** What all jobs of a flow have in common. */
export interface FlowJobBase<Opts> {
  /** Name of the job. */
  name: string;
  /** Name of its queue. */
  queueName: string;
  /** Payload. */
  data?: Untyped;
  /** First part of the keys of its queue. Default: the producer's. */
  prefix?: string | undefined;
  /** Options of the job; its id is a random UUID unless `jobId` names one. */
  opts?: Opts;
}

/** A job below another, without children. */
export interface FlowNestedLeafJob extends FlowJobBase<FlowNestedLeafJobOpts> {
  /** None. */
  children?: never;
}
/** A job below another, with children. */
export interface FlowParentJob extends FlowJobBase<FlowParentJobOpts> {
  /** Jobs that end before it runs. */
  children: FlowJobNode[];
}
/** A job below another. */
export type FlowJobNode = FlowParentJob | FlowNestedLeafJob;
/** A flow of one job. */
export interface FlowRootLeafJob extends FlowJobBase<FlowJobOpts> {
  /** None. */
  children?: never;
}
/** A flow: its root, which runs after its children. */
export interface FlowRootParentJob extends FlowJobBase<FlowJobOpts> {
  /** Jobs that end before it runs. */
  children: FlowJobNode[];
}
/** A tree of jobs in which every parent runs after its children. */
export type FlowJob = FlowRootLeafJob | FlowRootParentJob;

/** Options of queues by their names; what counts is `defaultJobOptions`. */
export type FlowQueuesOpts = Record<string, Omit<QueueOptions, 'connection' | 'prefix'>>;

/** Options of {@link FlowProducer.add}. */
export interface FlowOpts {
  /** Options of the queues that take part. */
  queuesOptions: FlowQueuesOpts;
}

/** Which part of a flow {@link FlowProducer.getFlow} reads. */
export interface NodeOpts {
  /** Name of the root's queue. */
  queueName: string;
  /** First part of the keys of the root's queue. Default: the producer's. */
  prefix?: string | undefined;
  /** Id of the root. */
  id: string;
  /** Levels to read; 1 is the root alone. Default 10. */
  depth?: number | undefined;
  /** About how many children of each kind (completed, open, failed, ignored) to read per job. Default 20. */
  maxChildren?: number | undefined;
}
