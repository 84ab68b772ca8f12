import {
  BelongsToSchedulerError,
  ConnectionClosedError,
  EngineError,
  ErrorCode,
  InvalidJobDataError,
  InvalidOptionError,
  JobLockedError,
  JobMissingError,
  JobNotInStateError,
  LockMismatchError,
  LockMissingError,
  NextIterationError,
  ParentJobMissingError,
  ParentNotReplaceableError,
  PendingDependenciesError,
  QueueUnavailableError,
  SchedulerJobExistsError,
  SchedulerSlotsTakenError,
  type ErrorDetails,
} from './errors';
import { UnrecoverableError } from './control-flow';

/** An engine error as it crosses from Rust: a rejected native promise would lose the code. */
export interface NativeErrorDetails {
  code: string;
  message: string;
  jobId?: string;
}

/** What an async native method resolves to when it failed. */
export interface TaggedError {
  error: NativeErrorDetails;
}

type ErrorClass = new (message: string, details?: ErrorDetails) => Error;

const CLASSES: Record<string, ErrorClass> = {
  JOB_MISSING: JobMissingError,
  JOB_LOCK_MISSING: LockMissingError,
  JOB_NOT_IN_STATE: JobNotInStateError,
  JOB_PENDING_DEPENDENCIES: PendingDependenciesError,
  PARENT_JOB_MISSING: ParentJobMissingError,
  JOB_LOCK_MISMATCH: LockMismatchError,
  PARENT_JOB_NOT_REPLACEABLE: ParentNotReplaceableError,
  JOB_BELONGS_TO_SCHEDULER: BelongsToSchedulerError,
  SCHEDULER_JOB_EXISTS: SchedulerJobExistsError,
  SCHEDULER_SLOTS_TAKEN: SchedulerSlotsTakenError,
  NEXT_ITERATION_FAILED: NextIterationError,
  JOB_LOCKED: JobLockedError,
  INVALID_JOB_DATA: InvalidJobDataError,
  INVALID_OPTION: InvalidOptionError,
  QUEUE_UNAVAILABLE: QueueUnavailableError,
  CONNECTION_CLOSED: ConnectionClosedError,
};

/** The JavaScript error of an engine error. */
export function toError({ code, message, jobId }: NativeErrorDetails): Error {
  if (code === 'JOB_HAS_FAILED_CHILDREN') {
    return Object.assign(new UnrecoverableError(message), { code: ErrorCode.JobHasFailedChildren });
  }
  const details = jobId === undefined ? {} : { jobId };
  const Class = CLASSES[code];
  return Class ? new Class(message, details) : new EngineError(code, message, details);
}

function isTagged(value: unknown): value is TaggedError {
  return typeof value === 'object' && value !== null && 'error' in value;
}

/** Waits for a native method and throws what it reports as failed. */
export async function answer<T>(pending: Promise<T | TaggedError>): Promise<T> {
  const value = await pending;
  if (isTagged(value)) {
    throw toError(value.error);
  }
  return value;
}

/**
 * Runs a synchronous native call and throws its failure as one of our classes.
 *
 * Errors made by the addon belong to the realm that loaded it, so that `instanceof Error` is false in Jest and other vm contexts.
 */
export function calling<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw toError({ code: code ?? 'ENGINE_ERROR', message });
  }
}
