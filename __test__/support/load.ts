import type { Cluster, Redis } from 'ioredis';

import { Queue, Worker, type ConnectionOptions, type Job } from '../..';
import { until } from './until';

/** Where a load runs. */
export interface LoadPlace {
  readonly connection: ConnectionOptions;
  /** Prefix of the keys; in a cluster one with a hash tag. */
  readonly prefix?: string;
  /** Opens a client to look at the keys; it is closed again. */
  readonly open: () => Redis | Cluster;
}

/** A queue under load: a producer that adds without pause, and a worker that counts what it runs. */
export class Load {
  readonly queue: Queue<number>;
  readonly worker: Worker<number>;
  readonly errors: Error[] = [];
  /** Ids of acknowledged adds, in order. */
  readonly added: string[] = [];
  /** How many adds were refused. */
  refused = 0;
  readonly #open: LoadPlace['open'];
  #isProducing = true;
  readonly #producing: Promise<void>;

  constructor({ open, ...place }: LoadPlace) {
    this.#open = open;
    this.queue = new Queue<number>('load', { ...place, streams: { events: { maxLen: 1_000_000 } } });
    this.worker = new Worker<number>('load', ({ data }: Job<number>) => Promise.resolve(data), {
      ...place,
      concurrency: 10,
      lockDuration: 5000,
      stalledInterval: 1000,
      maxStalledCount: 100,
    });
    for (const emitter of [this.queue, this.worker]) {
      (emitter as Worker).on('error', (error) => this.errors.push(error));
    }
    this.#producing = this.#produce();
  }

  /** Waits until so many more jobs were acknowledged. */
  async untilAdded(more: number): Promise<void> {
    const wanted = this.added.length + more;
    await until(`${wanted} acknowledged adds`, () => this.added.length >= wanted);
  }

  /** Waits until the worker has completed a job that was added from now on. */
  async untilConsuming(): Promise<void> {
    const first = this.added.length;
    await this.untilAdded(1);
    const id = this.added[first] ?? '';
    await until(`job ${id} to complete`, async () => (await this.queue.getJobState(id)) === 'completed');
  }

  /** Stops adding and waits until nothing is left to do; how often each job ended, by its id. */
  async drain(): Promise<Map<string, number>> {
    this.#isProducing = false;
    await this.#producing;
    const left = (): Promise<number> => this.queue.getJobCountByTypes('waiting', 'active', 'delayed');
    await until('an empty queue', async () => (await left()) === 0);
    return this.#ends();
  }

  async close(): Promise<void> {
    this.#isProducing = false;
    await this.worker.close();
    await this.queue.close();
    await this.#producing;
  }

  async #produce(): Promise<void> {
    for (let i = 0; this.#isProducing; i += 1) {
      const batch = Array.from({ length: 5 }, () => this.queue.add('job', i));
      for (const result of await Promise.allSettled(batch)) {
        if (result.status === 'fulfilled') this.added.push(result.value.id ?? '');
        else this.refused += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async #ends(): Promise<Map<string, number>> {
    const redis = this.#open();
    const ends = new Map<string, number>();
    for (const [, fields] of await redis.xrange(this.queue.toKey('events'), '-', '+')) {
      const value = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
      if (value('event') === 'completed') ends.set(value('jobId'), (ends.get(value('jobId')) ?? 0) + 1);
    }
    redis.disconnect();
    return ends;
  }
}
