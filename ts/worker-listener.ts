import type { Job } from './job';
import type { JobProgress, Untyped } from './types';

/** Listeners of a {@link Worker}: what happened to the jobs of this very worker. */
export interface WorkerListener<
  Data = Untyped,
  Result = Untyped,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> {
  /** A job was taken and is about to run. */
  active: (job: Job<Data, Result, Name, Progress>, prev: string) => void;
  /** The worker has closed. */
  closed: () => void;
  /** The worker has been asked to close. */
  closing: (message: string) => void;
  /** A job completed; Redis shows it. */
  completed: (job: Job<Data, Result, Name, Progress>, result: Result, prev: string) => void;
  /** No job is left to take; once until another was taken. */
  drained: () => void;
  /** Something went wrong that is not the failure of a job, or a listener threw. The worker goes on. */
  error: (error: Error) => void;
  /** An attempt failed; `job.finishedOn` is set if no other follows. `job` is absent if it was not this worker's any more. */
  failed: (job: Job<Data, Result, Name, Progress> | undefined, error: Error, prev: string) => void;
  /** Locks could not be renewed: another worker may take these jobs. */
  lockRenewalFailed: (jobIds: string[]) => void;
  /** Locks were renewed. */
  locksRenewed: (renewed: { count: number; jobIds: string[] }) => void;
  /** A native processor has a line for the operator; without a listener it goes to the console. */
  log: (job: Job<Data, Result, Name, Progress> | undefined, message: string, level: LogLevel) => void;
  /** The worker was paused. */
  paused: () => void;
  /** A job published progress. */
  progress: (job: Job<Data, Result, Name, Progress>, progress: Progress) => void;
  /** The worker is connected and looks for jobs. */
  ready: () => void;
  /** The worker was resumed. */
  resumed: () => void;
  /** A job whose worker vanished was put back. */
  stalled: (jobId: string, prev: string) => void;
}

/** How loud a native processor's line is. */
export type LogLevel = 'info' | 'warn' | 'error';
