/** Numeric `code` of errors that tell about a job's state, as BullMQ reports them. */
export enum ErrorCode {
  /** {@link JobMissingError} */
  JobNotExist = -1,
  /** {@link LockMissingError} */
  JobLockNotExist = -2,
  /** {@link JobNotInStateError} */
  JobNotInState = -3,
  /** {@link PendingDependenciesError} */
  JobPendingChildren = -4,
  /** {@link ParentJobMissingError} */
  ParentJobNotExist = -5,
  /** {@link LockMismatchError} */
  JobLockMismatch = -6,
  /** {@link ParentNotReplaceableError} */
  ParentJobCannotBeReplaced = -7,
  /** {@link BelongsToSchedulerError} */
  JobBelongsToJobScheduler = -8,
  /** A job cannot complete: children that must not fail have failed. */
  JobHasFailedChildren = -9,
  /** {@link SchedulerJobExistsError} */
  SchedulerJobIdCollision = -10,
  /** {@link SchedulerSlotsTakenError} */
  SchedulerJobSlotsBusy = -11,
}

/** Base of every error this package throws on its own account. */
export abstract class QueueError extends Error {
  /** Stable, machine-readable cause: a name such as `QUEUE_UNAVAILABLE`, or one of {@link ErrorCode}. */
  abstract readonly code: string | number;
  /** The job the error is about, where there is one. */
  declare readonly jobId?: string;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    if (details.jobId !== undefined) {
      this.jobId = details.jobId;
    }
  }
}

/** What an error may carry beside its message. */
export interface ErrorDetails {
  /** The job the error is about. */
  jobId?: string;
  /** The error that led to this one. */
  cause?: unknown;
}

/** The job does not exist (any more). */
export class JobMissingError extends QueueError {
  readonly code = ErrorCode.JobNotExist;
}

/** The job's lock has expired or was released: another worker may have taken it. */
export class LockMissingError extends QueueError {
  readonly code = ErrorCode.JobLockNotExist;
}

/** The job is not in the state that the operation needs. */
export class JobNotInStateError extends QueueError {
  readonly code = ErrorCode.JobNotInState;
}

/** The job still waits for children. */
export class PendingDependenciesError extends QueueError {
  readonly code = ErrorCode.JobPendingChildren;
}

/** The parent job does not exist. */
export class ParentJobMissingError extends QueueError {
  readonly code = ErrorCode.ParentJobNotExist;
}

/** Another worker holds the job's lock. */
export class LockMismatchError extends QueueError {
  readonly code = ErrorCode.JobLockMismatch;
}

/** The job already has another parent. */
export class ParentNotReplaceableError extends QueueError {
  readonly code = ErrorCode.ParentJobCannotBeReplaced;
}

/** The pending job of a scheduler can only be removed with its scheduler. */
export class BelongsToSchedulerError extends QueueError {
  readonly code = ErrorCode.JobBelongsToJobScheduler;
}

/** Another job has the id that the next job of a scheduler would get. */
export class SchedulerJobExistsError extends QueueError {
  readonly code = ErrorCode.SchedulerJobIdCollision;
}

/** Other jobs have the ids of the next slot of a scheduler and of those after it. */
export class SchedulerSlotsTakenError extends QueueError {
  readonly code = ErrorCode.SchedulerJobSlotsBusy;
}

/** The next job of a scheduler could not be added when the one before was taken. */
export class NextIterationError extends QueueError {
  readonly code = 'NEXT_ITERATION_FAILED';
}

/** A worker owns the job, so it cannot be removed. */
export class JobLockedError extends QueueError {
  readonly code = 'JOB_LOCKED';
}

/** Job data that cannot be stored: bytes (pass a path instead), or more of it than `sizeLimit` allows. */
export class InvalidJobDataError extends QueueError {
  readonly code = 'INVALID_JOB_DATA';
}

/** An option has a value that cannot work; the message names it. */
export class InvalidOptionError extends QueueError {
  readonly code = 'INVALID_OPTION';
}

/** Redis could not be reached within the deadline. */
export class QueueUnavailableError extends QueueError {
  readonly code = 'QUEUE_UNAVAILABLE';
}

/** The handle was closed. */
export class ConnectionClosedError extends QueueError {
  readonly code = 'CONNECTION_CLOSED';
}

/** `waitUntilFinished` gave up: the job did not finish within the time given. */
export class WaitTimeoutError extends QueueError {
  readonly code = 'WAIT_TIMEOUT';
}

/** A run took longer than its job's option `timeout`: why the attempt failed, and the reason of its signal. */
export class JobTimeoutError extends QueueError {
  readonly code = 'JOB_TIMEOUT';
}

/** Any other failure of the engine; `code` says which, in Node's words for connection errors (`ECONNREFUSED`, ...). */
export class EngineError extends QueueError {
  readonly code: string;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.name = 'Error';
    this.code = code;
  }
}
