import type { Untyped } from '../types';
import { CONNECTION_CLOSED_ERROR_MSG } from './constants';
import { QueueKeys } from './queue-keys';

/** A client of Redis, as far as one is recognised. */
interface RedisLike {
  connect(...args: Untyped[]): Untyped;
  disconnect(...args: Untyped[]): Untyped;
  duplicate(...args: Untyped[]): Untyped;
}

/** What {@link removeAllQueueData} needs of a client; one of ioredis has it. */
interface ScanningClient {
  scanStream(options: { match: string; count?: number }): AsyncIterable<unknown>;
  unlink?(...keys: string[]): Promise<unknown>;
  del(...keys: string[]): Promise<unknown>;
  quit(): Promise<unknown>;
}

/** Whether something is a client of Redis, rather than options for one. */
export function isRedisInstance(value: Untyped): value is RedisLike {
  const methods = ['connect', 'disconnect', 'duplicate'];
  return Boolean(value) && methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
}

/** Whether something is a client of a cluster. */
export function isRedisCluster(value: unknown): boolean {
  return isRedisInstance(value) && (value as { isCluster?: boolean }).isCluster === true;
}

/** Whether an error is something else than a refused or a closed connection. */
export function isNotConnectionError(error: Error): boolean {
  const { code, message } = error as { code?: string; message: string };
  return code !== 'ECONNREFUSED' && message !== CONNECTION_CLOSED_ERROR_MSG && !message.includes('ECONNREFUSED');
}

/** Raises the number of listeners an emitter takes without a warning. */
export function increaseMaxListeners(
  emitter: { getMaxListeners(): number; setMaxListeners(count: number): unknown },
  count: number,
): void {
  emitter.setMaxListeners(emitter.getMaxListeners() + count);
}

/** Lowers the number of listeners an emitter takes without a warning. */
export function decreaseMaxListeners(
  emitter: { getMaxListeners(): number; setMaxListeners(count: number): unknown },
  count: number,
): void {
  increaseMaxListeners(emitter, -count);
}

/**
 * Deletes everything of a queue and closes the client, which is how tests clean up. For queues in use there is
 * `queue.obliterate()`. Answers `false` for a cluster, where it does nothing.
 */
export async function removeAllQueueData(
  client: ScanningClient,
  queueName: string,
  prefix?: string,
): Promise<boolean | undefined> {
  if ((client as { isCluster?: boolean }).isCluster === true) {
    return false;
  }
  const match = new QueueKeys(prefix).toKey(queueName, '*');
  for await (const keys of client.scanStream({ match })) {
    if ((keys as string[]).length > 0) {
      await client.del(...(keys as string[]));
    }
  }
  await client.quit();
  return undefined;
}
