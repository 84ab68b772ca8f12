import { UnrecoverableError } from '../control-flow';
import type { Processor } from '../types';

/** The job is built in, but this release has no processor for it; `job.retry()` runs it again under one that has. */
export class ProcessorUnavailableError extends UnrecoverableError {
  readonly code = 'PROCESSOR_UNAVAILABLE';
}

/** Fails its jobs at once: a visible failure that can be retried, rather than jobs that wait unseen. */
export const unavailableProcessor: Processor = (job) =>
  Promise.reject(new ProcessorUnavailableError(`This release has no native processor for ${job.name} jobs`));
