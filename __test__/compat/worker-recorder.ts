import type { Worker } from 'bullmq';

/** A worker event: its name and what its listener was handed. */
export type Recorded = [event: string, ...details: unknown[]];

const DEADLINE_MS = 30_000;

/** Writes down, in order, what the listeners of a worker see. */
export class WorkerRecorder {
  readonly seen: Recorded[] = [];
  #isDrained = false;
  #ends = 0;
  #check: () => void = () => undefined;

  constructor(worker: Worker) {
    worker.on('active', (job, prev) => {
      this.#add(['active', job.id, job.attemptsStarted, prev]);
    });
    worker.on('completed', (job, result, prev) => {
      this.#end(['completed', job, result, prev]);
    });
    worker.on('failed', (job, error, prev) => {
      this.#end(['failed', job, error, prev]);
    });
    worker.on('progress', (job, progress) => {
      this.#add(['progress', job.id, progress]);
    });
    worker.on('stalled', (jobId, prev) => {
      this.#add(['stalled', jobId, prev]);
    });
    worker.on('error', (error) => {
      this.#add(['error', error]);
    });
    worker.on('drained', () => {
      this.#isDrained = true;
      this.#add(['drained']);
    });
  }

  /** Waits for so many ended attempts, or without a number until the queue is drained. */
  async until(ends: number | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`the worker did not get there; it saw ${this.seen.map(([event]) => event).join(', ')}`));
      }, DEADLINE_MS);
      this.#check = () => {
        if (ends === undefined ? this.#isDrained : this.#ends >= ends) {
          clearTimeout(timer);
          resolve();
        }
      };
      this.#check();
    });
  }

  #end(event: Recorded): void {
    this.#ends += 1;
    this.#add(event);
  }

  #add(event: Recorded): void {
    this.seen.push(event);
    this.#check();
  }
}
