import type { ErrorJson } from './error-json';

/** Methods of a job that a child asks its parent to call. */
export const JOB_METHODS = [
  ...(['updateProgress', 'updateData', 'log', 'moveToDelayed', 'moveToWait', 'moveToWaitingChildren'] as const),
  ...(['getChildrenValues', 'getIgnoredChildrenFailures', 'getDependenciesCount', 'getDependencies'] as const),
] as const;

/** One of {@link JOB_METHODS}. */
export type JobMethod = (typeof JOB_METHODS)[number];

/** Methods that a child does not wait for without a bound. */
export const BOUNDED_METHODS: ReadonlySet<JobMethod> = new Set([
  ...(['moveToWaitingChildren', 'getChildrenValues', 'getIgnoredChildrenFailures'] as const),
  ...(['getDependenciesCount', 'getDependencies'] as const),
]);

/** A job as a child is given it: plain JSON values. */
export type JobFieldsJson = Record<string, unknown> & { id: string; name: string; data: unknown };

/** What a child is told. It is given one job at a time. */
export type ToChild =
  | { kind: 'init'; file: string }
  | { kind: 'start'; job: JobFieldsJson; token?: string | undefined }
  | { kind: 'cancel'; reason?: unknown }
  | { kind: 'answer'; call: number; value?: unknown; error?: ErrorJson };

/** What a child tells. `result` is JSON text; after a failure that is `fatal` the child cannot be trusted with another job. */
export type FromChild =
  | { kind: 'ready' }
  | { kind: 'broken'; error: ErrorJson }
  | { kind: 'completed'; result?: string }
  | { kind: 'failed'; error: ErrorJson; fatal?: true }
  | { kind: 'call'; call: number; method: JobMethod; args: unknown[] };
