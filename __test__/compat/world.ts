import { randomUUID } from 'node:crypto';

import type {
  FlowProducer,
  Job,
  Processor,
  Queue,
  QueueEvents,
  QueueEventsProducer,
  QueueOptions,
  Worker,
  WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';

import { redisUrl } from '../support/redis';
import { FrozenDate } from './frozen-date';
import { reference, type Api, type Side } from './side';
import { WorkerRecorder, type Recorded } from './worker-recorder';

export const QUEUE_NAME = 'compat';
const READY_DEADLINE_MS = 30_000;

interface Closable {
  close(): Promise<unknown>;
}

/** How {@link World.work} runs a worker: its options, and when it is done. */
export interface WorkOptions extends Partial<WorkerOptions> {
  /** Ends of attempts to wait for. Default: until the worker says `drained`. */
  ends?: number;
}

/** One side's half of a scenario: its library, its queue, its clock, its own prefix in Redis. */
export class World {
  readonly api: Api;
  readonly prefix = `compat-${randomUUID()}`;
  readonly clock = new FrozenDate();
  readonly redis = new Redis(redisUrl(), { maxRetriesPerRequest: null });
  readonly connection = { host: '127.0.0.1', port: Number(new URL(redisUrl()).port) };
  readonly #open: Closable[] = [];
  #queue: Queue | undefined;
  #flows: FlowProducer | undefined;
  #hasFetched = false;

  private constructor(side: Side) {
    this.api = side.api;
  }

  /** A side whose queue is set up in Redis. */
  static async create(side: Side, options: Partial<QueueOptions> = {}): Promise<World> {
    const world = new World(side);
    world.clock.advance(0);
    world.#queue = await world.newQueue(options);
    return world;
  }

  /** The queue that scenarios work on. */
  get queue(): Queue {
    if (this.#queue === undefined) throw new Error('the queue is made by World.create');
    return this.#queue;
  }

  /** Whether a worker has looked for jobs: from then on the two sides may place wake-up markers differently. */
  get hasFetched(): boolean {
    return this.#hasFetched;
  }

  /** Another producer of the queue; its settings are in Redis when it is returned. */
  readonly newQueue = async (options: Partial<QueueOptions> = {}): Promise<Queue> => {
    const queue = this.closing(new this.api.Queue(QUEUE_NAME, { ...this.#base(), ...options }));
    const deadline = performance.now() + READY_DEADLINE_MS;
    while (options.skipMetasUpdate !== true && (await queue.getVersion()) === null) {
      if (performance.now() > deadline) throw new Error('the queue did not write its settings');
    }
    return queue;
  };

  /** A producer of flows. */
  get flows(): FlowProducer {
    this.#flows ??= this.newFlows();
    return this.#flows;
  }

  /** A producer of flows with options of its own. */
  readonly newFlows = (options: Partial<QueueOptions> = {}): FlowProducer =>
    this.closing(new this.api.FlowProducer({ ...this.#base(), ...options }));

  /** Takes the next job by hand, on both sides with bullmq: a job that another process holds. */
  readonly take = async (token: string): Promise<Job | undefined> => {
    this.#hasFetched = true;
    const worker = new reference.api.Worker(QUEUE_NAME, null, { ...this.#base(), autorun: false });
    const job = await worker.getNextJob(token, { block: false });
    await worker.close();
    return job;
  };

  /** A worker for taking and finishing jobs by hand. */
  readonly manualWorker = (options: Partial<WorkerOptions> = {}): Worker => {
    this.#hasFetched = true;
    const own = { ...this.#base(), skipStalledCheck: true, autorun: false };
    return this.closing(new this.api.Worker(QUEUE_NAME, null, { ...own, ...options }));
  };

  /** A worker that runs until it is closed at the scenario's end. */
  readonly worker = (processor: Processor, options: Partial<WorkerOptions> = {}): Worker => {
    this.#hasFetched = true;
    return this.closing(
      new this.api.Worker(QUEUE_NAME, processor, { ...this.#base(), skipStalledCheck: true, ...options }),
    );
  };

  /** Runs a worker over what can run now and answers what its listeners saw. */
  readonly work = async (processor: Processor, { ends, ...options }: WorkOptions = {}): Promise<Recorded[]> => {
    const worker = this.worker(processor, { ...options, autorun: false });
    const recorder = new WorkerRecorder(worker);
    void worker.run();
    await recorder.until(ends);
    await worker.close();
    return recorder.seen;
  };

  /** A reader of the whole event stream, from its first entry. */
  readonly queueEvents = async (): Promise<QueueEvents> => {
    const events = this.closing(
      new this.api.QueueEvents(QUEUE_NAME, { ...this.#base(), lastEventId: '0-0', autorun: false }),
    );
    await events.waitUntilReady();
    return events;
  };

  /** Publishes events of the scenario's own. */
  readonly eventsProducer = (): QueueEventsProducer =>
    this.closing(new this.api.QueueEventsProducer(QUEUE_NAME, this.#base()));

  /** A client for objects that are refused: bullmq leaves the copies open that it made of it. */
  readonly lend = (): Redis => {
    const client = new Redis(redisUrl(), { maxRetriesPerRequest: null });
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (options) => this.#disconnecting(duplicate(options));
    return this.#disconnecting(client);
  };

  /** Registers something to be closed when the scenario ends. */
  readonly closing = <T extends Closable>(closable: T): T => {
    this.#open.push(closable);
    return closable;
  };

  /** Ends everything the scenario opened and removes its keys. */
  async destroy(): Promise<void> {
    for (const closable of this.#open.reverse()) await closable.close();
    for await (const names of this.redis.scanStream({ match: `${this.prefix}:*`, count: 1000 })) {
      if ((names as string[]).length > 0) await this.redis.unlink(names as string[]);
    }
    await this.redis.quit();
  }

  #disconnecting(client: Redis): Redis {
    this.closing({
      close: () => {
        client.disconnect();
        return Promise.resolve();
      },
    });
    return client;
  }

  #base(): { connection: World['connection']; prefix: string } {
    return { connection: this.connection, prefix: this.prefix };
  }
}
