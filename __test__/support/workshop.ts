import {
  Queue,
  Worker,
  type Job,
  type Processor,
  type ProcessorMap,
  type QueueOptions,
  type WorkerOptions,
} from '../..';
import { redisUrl, uniquePrefix } from './redis';

/** A queue of one test's own and the workers that the test opens on it. */
export class Workshop {
  readonly connection = { url: redisUrl() };
  readonly queue: Queue;
  readonly #workers: Worker[] = [];

  /** @param options of the queue */
  constructor(options: QueueOptions = {}) {
    this.queue = new Queue('work', { connection: this.connection, prefix: uniquePrefix(), ...options });
  }

  /** Opens a worker; it is closed with the workshop. */
  work(processor: Processor | ProcessorMap | string | null, options: Partial<WorkerOptions> = {}): Worker {
    const { connection, queue } = this;
    const worker = new Worker('work', processor, { connection, prefix: queue.opts.prefix, ...options });
    this.#workers.push(worker);
    return worker;
  }

  /** Adds a job and waits until it has completed or failed in this worker. */
  async run(worker: Worker, data: unknown = {}, opts = {}): Promise<Job> {
    const ended = new Promise<Job>((resolve) => {
      worker.on('completed', resolve);
      worker.on('failed', (job) => {
        if (job) resolve(job);
      });
    });
    await this.queue.add('job', data, opts);
    return ended;
  }

  /** Adds this many jobs without data. */
  async add(count: number): Promise<void> {
    await this.queue.addBulk(Array.from({ length: count }, () => ({ name: 'job', data: {} })));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await this.queue.close();
  }
}
