import type { Job, Queue, Worker } from 'bullmq';

import { QUEUE_NAME, type World } from '../world';

/** A job that this side took and has not finished. */
export interface HeldJob {
  readonly job: Job;
  readonly token: string;
}

/** One side of a random run: its queue, its worker by hand, and the jobs it knows of. */
export class Stage {
  readonly world: World;
  readonly worker: Worker;
  /** Jobs taken and not finished, oldest first. */
  readonly held: HeldJob[] = [];
  /** Ids of all jobs that were ever added, in the order of their first appearance. */
  readonly #ids = new Set<string>();
  #tokens = 0;

  constructor(world: World) {
    this.world = world;
    this.worker = world.manualWorker();
  }

  get queue(): Queue {
    return this.world.queue;
  }

  /** Remembers ids to pick from. */
  know(...jobs: (Job | undefined)[]): void {
    for (const job of jobs) if (job?.id !== undefined) this.#ids.add(job.id);
  }

  /** An id that was given to a job once; the job may be gone. */
  id(index: number): string {
    const ids = [...this.#ids];
    return ids[index % ids.length] ?? 'nobody';
  }

  /** The job as it is now; `undefined` if it is gone. */
  async job(index: number): Promise<Job | undefined> {
    return (await this.queue.getJob(this.id(index))) as Job | undefined;
  }

  /** A token that names one taking of a job. */
  nextToken(): string {
    this.#tokens += 1;
    return `token-${this.#tokens}`;
  }

  hold(job: Job | undefined, token: string): void {
    if (job === undefined) return;
    this.know(job);
    this.held.push({ job, token });
  }

  /** Does something with a taken job, which is no longer held then: after a refusal nobody looks at that object any more. */
  async release(index: number, end: (held: HeldJob) => Promise<unknown>): Promise<unknown> {
    const at = index % Math.max(this.held.length, 1);
    const held = this.held[at];
    if (held === undefined) return 'no job is held';
    this.held.splice(at, 1);
    return end(held);
  }

  /** Lets the lock of a taken job run out. */
  async loseLock(index: number): Promise<void> {
    const held = this.held[index % Math.max(this.held.length, 1)];
    if (held === undefined) return;
    await this.world.redis.del(`${this.world.prefix}:${QUEUE_NAME}:${held.job.id ?? ''}:lock`);
  }
}
