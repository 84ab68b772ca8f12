import { errorToJson } from '../error-json';
import type { FromChild, ToChild } from '../messages';
import { childJob, type ChildJob } from './child-job';
import { loadProcessor, type ChildProcessor } from './load-processor';
import { ParentCalls } from './parent-calls';

/** The child's side: loads a processor's file and runs the jobs that its parent sends, one at a time. */
export class Child {
  private readonly calls: ParentCalls;
  private processor: ChildProcessor | undefined;
  private controller: AbortController | undefined;

  constructor(private readonly send: (message: FromChild) => void) {
    this.calls = new ParentCalls(send);
  }

  /** Does what the parent says. */
  receive(message: ToChild): void {
    switch (message.kind) {
      case 'init':
        void this.load(message.file);
        break;
      case 'start':
        void this.run(message);
        break;
      case 'cancel':
        this.controller?.abort(message.reason);
        break;
      case 'answer':
        this.calls.settle(message);
    }
  }

  /** Fails the job that runs with an error that nothing has caught. The parent then ends this child. */
  crash(error: unknown): void {
    this.send({ kind: 'failed', error: errorToJson(error), fatal: true });
  }

  private async load(file: string): Promise<void> {
    try {
      this.processor = await loadProcessor(file);
      this.send({ kind: 'ready' });
    } catch (error) {
      this.send({ kind: 'broken', error: errorToJson(error) });
    }
  }

  private async run({ job: fields, token }: Extract<ToChild, { kind: 'start' }>): Promise<void> {
    const job: ChildJob = childJob(fields, (method, args) => this.calls.ask(method, args));
    this.controller = new AbortController();
    try {
      const result = await this.processor?.(job, token, this.controller.signal);
      // `undefined` and functions have no JSON.
      const text = JSON.stringify(result) as string | undefined;
      this.send({ kind: 'completed', ...(text !== undefined && { result: text }) });
    } catch (error) {
      this.send({ kind: 'failed', error: errorToJson(error) });
    }
  }
}
