import { UnrecoverableError } from './control-flow';

/** An error as the engine takes it. */
export interface FailureJson {
  name: string;
  message: string;
  code?: string;
  stack?: string;
}

/** What BullMQ stores as the reason of a failure that has no message, and as its traces: nothing is made up. */
const WITHOUT_MESSAGE = { message: 'null', stack: '' };

/** Reduces whatever a processor threw to what is stored with the job. */
export function toFailure(thrown: unknown): FailureJson {
  if (thrown === undefined || thrown === null) {
    return { name: 'Error', message: String(thrown) };
  }
  try {
    return read(thrown);
  } catch {
    // Properties that throw when they are read. The job must fail all the same.
    return { name: 'Error', ...WITHOUT_MESSAGE };
  }
}

/** What `job.failedReason` becomes: the message as it was thrown, whatever it is. */
export function reasonOf(thrown: unknown): string {
  try {
    return (thrown as Error).message;
  } catch {
    return WITHOUT_MESSAGE.message;
  }
}

function read(thrown: object): FailureJson {
  const { name, message, code, stack } = thrown as Partial<Record<keyof FailureJson, unknown>>;
  return {
    name: thrown instanceof UnrecoverableError ? 'UnrecoverableError' : textOr(name, 'Error'),
    message: textOr(typeof message === 'number' ? String(message) : message, WITHOUT_MESSAGE.message),
    ...(typeof code === 'string' && { code }),
    stack: textOr(stack, WITHOUT_MESSAGE.stack),
  };
}

/** Redis and the engine hold UTF-8: half a surrogate pair, as of a cut text, becomes U+FFFD, as in any text that Node writes. */
function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? Buffer.from(value).toString() : fallback;
}
