import { errorFromJson } from '../error-json';
import { BOUNDED_METHODS, type FromChild, type JobMethod, type ToChild } from '../messages';

/** How long a child waits for what its parent reads, ms. Tests must not wait that long for what never comes. */
const BOUND_MS = process.env['NODE_ENV'] === 'test' ? 500 : 5000;

interface Call {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Calls of a child to its parent that are under way. */
export class ParentCalls {
  private readonly calls = new Map<number, Call>();
  private last = 0;

  constructor(private readonly send: (message: FromChild) => void) {}

  /**
   * Has the parent call a method of the job.
   *
   * @throws what the method throws there; `Error` `TimeoutError: <method> timed out in (<ms>ms)` for one that reads.
   */
  async ask(method: JobMethod, args: unknown[]): Promise<unknown> {
    const call = (this.last += 1);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        this.calls.set(call, { resolve, reject });
        if (BOUNDED_METHODS.has(method)) {
          timer = setTimeout(() => {
            reject(new Error(`TimeoutError: ${method} timed out in (${BOUND_MS}ms)`));
          }, BOUND_MS);
        }
        this.send({ kind: 'call', call, method, args });
      });
    } finally {
      clearTimeout(timer);
      this.calls.delete(call);
    }
  }

  /** Hands the parent's answer to whoever waits for it. */
  settle({ call, value, error }: Extract<ToChild, { kind: 'answer' }>): void {
    const waiting = this.calls.get(call);
    if (error) {
      waiting?.reject(errorFromJson(error));
    } else {
      waiting?.resolve(value);
    }
  }
}
