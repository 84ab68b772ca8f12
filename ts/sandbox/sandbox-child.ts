import type { Channel } from './channel';
import { errorFromJson, errorToJson } from './error-json';
import type { FromChild, JobFieldsJson, JobMethod, ToChild } from './messages';

/** A job that a child is to run. */
export interface SandboxedRun {
  job: JobFieldsJson;
  token: string | undefined;
  signal: AbortSignal | undefined;
  /** Calls a method of the job here, where Redis is. */
  call(method: JobMethod, args: unknown[]): Promise<unknown>;
}

/** A child that has loaded the processor's file. It runs one job at a time. */
export class SandboxChild {
  private receive: (message: FromChild) => void = () => undefined;
  private usable = true;

  private constructor(private readonly channel: Channel) {
    channel.onMessage((message) => {
      this.receive(message);
    });
    void channel.exit.then(() => {
      this.usable = false;
    });
  }

  /**
   * Loads a processor's file in a new child.
   *
   * @throws what the file throws; then the child has ended.
   */
  static async start(channel: Channel, file: string): Promise<SandboxChild> {
    const child = new SandboxChild(channel);
    const loaded = child.until((message) => {
      if (message.kind === 'broken') {
        throw errorFromJson(message.error);
      }
      return message.kind === 'ready' ? true : undefined;
    });
    channel.send({ kind: 'init', file });
    try {
      await loaded;
      return child;
    } catch (error) {
      await channel.end(true);
      throw error;
    }
  }

  /** Whether another job may be given to it. */
  get isUsable(): boolean {
    return this.usable;
  }

  /**
   * Runs a job and answers its result, as JSON text.
   *
   * @throws what the processor throws, or `Error` `Unexpected exit code: <code> signal: <signal>`.
   */
  async run({ job, token, signal, ...run }: SandboxedRun): Promise<string | undefined> {
    const ended = this.until((message) => {
      switch (message.kind) {
        case 'completed':
          return { result: message.result };
        case 'failed':
          if (message.fatal) {
            this.usable = false;
            void this.channel.end(true);
          }
          throw errorFromJson(message.error);
        case 'call':
          void this.answer(message.call, () => run.call(message.method, message.args));
      }
      return undefined;
    });
    const cancel = () => {
      this.channel.send({ kind: 'cancel', reason: signal?.reason });
    };
    this.channel.send({ kind: 'start', job, token });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return (await ended).result;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Resolves with what `read` makes of a message; rejects with what it throws, or when the child ends before. */
  private until<T>(read: (message: FromChild) => T | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.receive = (message) => {
        try {
          const value = read(message);
          if (value !== undefined) {
            resolve(value);
          }
        } catch (error) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what `read` throws are errors
          reject(error);
        }
      };
      void this.channel.exit.then(({ code, signal }) => {
        reject(new Error(`Unexpected exit code: ${String(code)} signal: ${String(signal)}`));
      });
    });
  }

  private async answer(call: number, work: () => Promise<unknown>): Promise<void> {
    const reply: ToChild = { kind: 'answer', call };
    try {
      this.channel.send({ ...reply, value: await work() });
    } catch (error) {
      this.channel.send({ ...reply, error: errorToJson(error) });
    }
  }
}
