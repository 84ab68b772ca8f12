import { EventEmitter } from 'node:events';

import BeeQueue from 'bee-queue';

/** Without the connection for events of other processes and without a table of jobs: as its guide advises for producers. */
const PRODUCER = { isWorker: false, getEvents: false, storeJobs: false };

/** Names of states, as the other peers say them. */
const STATES = { waiting: 'waiting', active: 'active', completed: 'succeeded', failed: 'failed', delayed: 'delayed' };

/** The producer's side of bee-queue by the names of BullMQ's methods, so that one workload measures both. */
export class Queue {
  #queue;

  constructor(name, { connection }) {
    this.#queue = new BeeQueue(name, { redis: connection, ...PRODUCER });
  }

  async waitUntilReady() {
    await this.#queue.ready();
  }

  add(name, data, opts) {
    return this.#job({ data, opts }).save();
  }

  async addBulk(jobs) {
    const errors = await this.#queue.saveAll(jobs.map((job) => this.#job(job)));
    for (const error of errors.values()) throw error;
  }

  async getWaitingCount() {
    return (await this.#queue.checkHealth()).waiting;
  }

  async getJobCounts(...states) {
    const health = await this.#queue.checkHealth();
    return Object.fromEntries(states.map((state) => [state, health[STATES[state]]]));
  }

  async close() {
    await this.#queue.close();
  }

  #job({ data, opts = {} }) {
    const job = this.#queue.createJob(data);
    if (opts.attempts > 1) job.retries(opts.attempts - 1);
    if (opts.delay > 0) job.delayUntil(Date.now() + opts.delay);
    return job;
  }
}

/** The consumer's side of bee-queue by the names of BullMQ's methods and events. */
export class Worker extends EventEmitter {
  #queue;
  #processor;
  #concurrency;

  constructor(name, processor, { connection, concurrency = 1, autorun = true }) {
    super();
    this.#queue = new BeeQueue(name, { redis: connection, getEvents: false, activateDelayedJobs: true });
    this.#processor = processor;
    this.#concurrency = concurrency;
    this.#queue.on('succeeded', (job, result) => this.emit('completed', job, result));
    this.#queue.on('failed', (job, error) => this.emit('failed', job, error));
    this.#queue.on('error', (error) => this.emit('error', error));
    if (autorun) void this.run();
  }

  async waitUntilReady() {
    await this.#queue.ready();
  }

  /** Its `stacktraces` hold one entry per failed attempt. */
  async run() {
    this.#queue.process(this.#concurrency, ({ data, options }) =>
      this.#processor({ data, attemptsMade: options.stacktraces.length }),
    );
  }

  async close() {
    await this.#queue.close();
  }
}
