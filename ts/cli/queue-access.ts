import { answer } from '../native-answer';
import type { RedisOptions } from '../options/connection-options';
import { Queue } from '../queue';
import type { CommonOptions } from './commands/common-options';
import { ConfigurationError } from '../environment/configuration-error';
import { processEnvironment } from '../environment/environment';
import { checkedRedisUrl, readRedisSettings } from '../environment/redis-settings';

/** How long Redis may take to answer before a command gives up, ms. */
const DEADLINE_MS = 10_000;

/** Name of the handle that asks for the queues; such a queue is not made by asking. */
const LOOKOUT = 'synapse-queue';

/** How commands reach queues. Opening a queue writes nothing. */
export class QueueAccess {
  readonly connection: RedisOptions;
  readonly prefix: string | undefined;
  private readonly opened: Queue[] = [];

  constructor(options: CommonOptions) {
    const environment = processEnvironment();
    const redis =
      options.redis === undefined ? readRedisSettings(environment) : { url: checkedRedisUrl('--redis', options.redis) };
    // Somebody waits for the answer: a Redis that is not there is told at once.
    this.connection = { ...redis, retryStrategy: () => null };
    this.prefix = options.prefix ?? environment.text('QUEUE_PREFIX');
  }

  /** The queue of this name. */
  queue(name: string): Queue {
    let queue: Queue;
    try {
      const { connection, prefix } = this;
      queue = new Queue(name, { connection, prefix, skipMetasUpdate: true, deadlineMs: DEADLINE_MS });
    } catch (error) {
      throw new ConfigurationError(error instanceof Error ? error.message : String(error), { cause: error });
    }
    // Every failure reaches the call that waits for it.
    queue.on('error', () => undefined);
    this.opened.push(queue);
    return queue;
  }

  /** The queues of these names; of none: all that were set up under the prefix. */
  async queues(names: readonly string[] = []): Promise<Queue[]> {
    const wanted = names.length > 0 ? names : await answer(this.queue(LOOKOUT).native.namesUnderPrefix());
    return wanted.map((name) => this.queue(name));
  }

  /** Lets go of Redis. */
  async close(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((queue) => queue.close()));
  }
}

/** Runs `work` with access to the queues and lets go of Redis afterwards, whatever happens. */
export async function withQueues<Result>(
  options: CommonOptions,
  work: (access: QueueAccess) => Promise<Result>,
): Promise<Result> {
  const access = new QueueAccess(options);
  try {
    return await work(access);
  } finally {
    await access.close();
  }
}
