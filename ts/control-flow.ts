/** Message of {@link RateLimitError}. Workers of every kind recognise it. */
export const RATE_LIMIT_ERROR = 'bullmq:rateLimitExceeded';
/** Message of an {@link UnrecoverableError} without one of its own. */
export const UNRECOVERABLE_ERROR = 'bullmq:unrecoverable';
/** Message of a {@link DelayedError} without one of its own. */
export const DELAYED_ERROR = 'bullmq:movedToDelayed';
/** Message of a {@link WaitingError} without one of its own. */
export const WAITING_ERROR = 'bullmq:movedToWait';
/** Message of a {@link WaitingChildrenError} without one of its own. */
export const WAITING_CHILDREN_ERROR = 'bullmq:movedToWaitingChildren';

/**
 * Thrown by a processor: fail the job now, whatever attempts it has left.
 *
 * Recognised by its `name`, so one made by another copy of this package or by BullMQ works as well.
 */
export class UnrecoverableError extends Error {
  constructor(message: string = UNRECOVERABLE_ERROR) {
    super(message);
    this.name = 'UnrecoverableError';
  }
}

/** Thrown by a processor after `job.moveToDelayed(...)`: the job is already elsewhere, neither complete nor fail it. */
export class DelayedError extends Error {
  constructor(message: string = DELAYED_ERROR) {
    super(message);
    this.name = 'DelayedError';
  }
}

/** Thrown by a processor after `job.moveToWait(...)`: the job is already elsewhere, neither complete nor fail it. */
export class WaitingError extends Error {
  constructor(message: string = WAITING_ERROR) {
    super(message);
    this.name = 'WaitingError';
  }
}

/** Thrown by a processor after `job.moveToWaitingChildren(...)`: the job waits for its children. */
export class WaitingChildrenError extends Error {
  constructor(message: string = WAITING_CHILDREN_ERROR) {
    super(message);
    this.name = 'WaitingChildrenError';
  }
}

/** Thrown by a processor after `worker.rateLimit(ms)`: put the job back to wait without burning an attempt. */
export class RateLimitError extends Error {
  constructor(message: string = RATE_LIMIT_ERROR) {
    super(message);
    this.name = 'RateLimitError';
  }
}

/** What a processor's error asks for. */
export type ControlFlow = 'moved' | 'rate-limited' | 'failed';

const MOVED = new Set(['DelayedError', 'WaitingError', 'WaitingChildrenError']);

/** Reads the request out of an error; by name, because classes differ between copies of a package and between realms. */
export function controlFlowOf(error: { name: string; message: string }): ControlFlow {
  if (MOVED.has(error.name)) {
    return 'moved';
  }
  return error.message === RATE_LIMIT_ERROR ? 'rate-limited' : 'failed';
}
