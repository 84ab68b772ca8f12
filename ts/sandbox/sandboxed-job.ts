import type { JobsOptions } from '../options/job-options';
import type { JobJson, JobProgress, Untyped } from '../types';

/** The job that a processor in a file is handed. Its methods are carried out by the worker. */
export interface SandboxedJob<T = Untyped, R = Untyped> extends Omit<JobJson, 'data' | 'opts' | 'returnvalue'> {
  /** What it was added with. */
  data: T;
  /** The options it was added with, the queue's defaults included. */
  opts: JobsOptions;
  /** `<prefix>:<queue name>` */
  queueQualifiedName: string;
  /** Name of its queue. */
  queueName: string;
  /** First part of the keys of its queue. */
  prefix: string;
  /** What an earlier run returned. */
  returnValue: R;
  /** Makes the job run again at `timestamp`, ms since the Unix epoch; throw `DelayedError` afterwards. */
  moveToDelayed: (timestamp: number, token?: string) => Promise<void>;
  /** Puts the job back to wait; throw `WaitingError` afterwards. */
  moveToWait: (token?: string) => Promise<void>;
  /** Whether the job now waits for its children; then throw `WaitingChildrenError`. */
  moveToWaitingChildren: (token?: string, opts?: object) => Promise<boolean>;
  /** Adds a log row. */
  log: (row: string) => Promise<void>;
  /** Replaces the payload. */
  updateData: (data: T) => Promise<void>;
  /** Publishes progress. */
  updateProgress: (progress: JobProgress) => Promise<void>;
  /** Results of children, by key. */
  getChildrenValues: <Value = Untyped>() => Promise<Record<string, Value>>;
  /** Reasons of failures that the job ignores, by key. */
  getIgnoredChildrenFailures: () => Promise<Record<string, string>>;
  /** How many children there are of each kind. */
  getDependenciesCount: (opts?: object) => Promise<Record<string, number>>;
  /** The children of each kind, in pages. */
  getDependencies: (opts?: object) => Promise<Untyped>;
}
