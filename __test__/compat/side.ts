import * as bullmq from 'bullmq';
import * as bullmq5 from 'bullmq-5';

import * as synapse from '../..';

/** What scenarios use of a library, in BullMQ's types: the contract is that ours fits them. */
export type Api = Pick<
  typeof bullmq,
  | 'Queue'
  | 'Worker'
  | 'Job'
  | 'QueueEvents'
  | 'QueueEventsProducer'
  | 'FlowProducer'
  | 'UnrecoverableError'
  | 'DelayedError'
  | 'WaitingError'
  | 'WaitingChildrenError'
>;

/** One of the two libraries that a scenario runs through. */
export interface Side {
  readonly label: string;
  readonly api: Api;
}

/** The published package, which decides what is right. */
export const reference: Side = { label: 'bullmq', api: bullmq };

/** The release before, which many fleets still run. */
export const previous: Side = { label: 'bullmq 5', api: bullmq5 as unknown as Api };

/** This package. */
export const subject: Side = { label: '@synapse/queue', api: synapse as unknown as Api };
