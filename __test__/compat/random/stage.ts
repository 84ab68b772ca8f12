import type { Job, JobType, Queue, Worker } from 'bullmq';

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
  /** Ids of all jobs that were ever given a parent. */
  readonly #tied = new Set<string>();
  /** Ids of all jobs that were added with children. */
  readonly #parents = new Set<string>();
  #tokens = 0;
  #named = 0;

  constructor(world: World) {
    this.world = world;
    this.worker = world.manualWorker();
  }

  get queue(): Queue {
    return this.world.queue;
  }

  /** Remembers ids to pick from. */
  know(...jobs: (Job | undefined)[]): void {
    for (const job of jobs) if (job?.id !== undefined) this.knowId(job.id);
  }

  knowId(id: string): void {
    this.#ids.add(id);
  }

  /** Remembers that a job was given a parent. */
  tie(id: string): void {
    this.#tied.add(id);
  }

  /** An id of a job that may become a child: bullmq lets a parent of another's child wait forever. */
  childId(index: number): string {
    const id = this.id(index);
    // Ids of schedulers' jobs have colons, at which bullmq cuts the keys of parents.
    return this.#tied.has(id) || id.includes(':') ? this.nextId() : id;
  }

  /** Remembers a job that was added with children. It has neither delay nor priority: bullmq forgets them when a child is removed. */
  addParent(id: string): void {
    this.#parents.add(id);
  }

  isParent(id: string): boolean {
    return this.#parents.has(id);
  }

  /** An id of a job that was added with children. */
  parentId(index: number): string {
    const ids = [...this.#parents];
    return ids[index % ids.length] ?? 'nobody';
  }

  /** An id that no job had before. */
  nextId(): string {
    this.#named += 1;
    return `job-${this.#named}`;
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

  /** Removes a job and what is below it; of parents that go too, bullmq also tells that they waited before they went. */
  async removeTree(id: string, remove: () => Promise<unknown>): Promise<unknown> {
    const [pending, processed] = await Promise.all(
      (['pending', 'processed'] as const).map((type) => this.queue.getDependencies(id, type, 0, 0)),
    );
    const removed = await remove();
    if ((pending?.total ?? 0) + (processed?.total ?? 0) > 0) await this.queue.trimEvents(0);
    return removed;
  }

  /** Whether a scheduler's job is in one of these states. `drain` and `clean` spare it, but bullmq counts it among what they remove. */
  async spares(...states: JobType[]): Promise<boolean> {
    return (await this.queue.getJobs(states)).some(({ repeatJobKey }) => repeatJobKey);
  }

  /** Whether a job of this scheduler was promoted and is taken, with its time still to come. */
  async runsEarly(schedulerId: string): Promise<boolean> {
    const active = await this.queue.getJobs(['active']);
    return active.some(({ repeatJobKey, id }) => {
      const dueAt = Number(id?.split(':').at(-1));
      return repeatJobKey === schedulerId && dueAt > this.world.clock.now;
    });
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
    // bullmq then names the children, we the lock.
    if (await this.#lacksLockAndHasChildren(held.job)) return 'no lock, and open children';
    return end(held);
  }

  async #lacksLockAndHasChildren({ id = '' }: Job): Promise<boolean> {
    const key = this.queue.toKey(id);
    return (
      (await this.world.redis.exists(`${key}:lock`)) === 0 &&
      (await this.world.redis.exists(`${key}:dependencies`)) === 1
    );
  }

  /** Lets the lock of a taken job run out. */
  async loseLock(index: number): Promise<void> {
    const held = this.held[index % Math.max(this.held.length, 1)];
    if (held === undefined) return;
    await this.world.redis.del(`${this.world.prefix}:${QUEUE_NAME}:${held.job.id ?? ''}:lock`);
  }
}
