import type { ConnectionOptions, RedisNode, RedisOptions } from '../options/connection-options';
import { clientOptions, isRedisClient } from './client-options';
import { strategyNumber } from './retry-strategy';
import { toNativeTls, type NativeTls } from './tls';

const KEY_PREFIX_MESSAGE = 'BullMQ: ioredis does not support ioredis prefixes, use the prefix option instead.';
const RETRIES_MESSAGE = 'BullMQ: Your redis options maxRetriesPerRequest must be null.';

/** A connection in the form the engine reads; `undefined` fields take the engine's defaults. */
export interface NativeConnection {
  url?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
  path?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  db?: number | undefined;
  tls?: NativeTls | undefined;
  sentinels?: readonly RedisNode[] | undefined;
  name?: string | undefined;
  sentinelUsername?: string | undefined;
  sentinelPassword?: string | undefined;
  sentinelTls?: NativeTls | undefined;
  clusterNodes?: readonly RedisNode[] | undefined;
  natMap?: (readonly [RedisNode, RedisNode])[] | undefined;
  connectTimeoutMs?: number | undefined;
  maxRetriesPerRequest?: number | undefined;
  enableOfflineQueue?: boolean | undefined;
  /** Tells calls apart that must not travel together. */
  strategy?: number | undefined;
}

/** A connection and the function that decides about its retries. */
export interface OpenableConnection {
  readonly connection: NativeConnection;
  readonly retryStrategy: RedisOptions['retryStrategy'];
}

/** How a connection is used: `waits` for those whose calls never give up, because they block. */
export interface ConnectionUse {
  readonly waits: boolean;
}

/**
 * Reduces what users pass as `connection` to what the engine needs, as plain JSON values.
 *
 * @throws `Error` for ioredis' own `keyPrefix`, which would be applied to some keys only, and for a client object with a number as
 * `maxRetriesPerRequest` where calls block.
 */
export function toNativeConnection(given: ConnectionOptions | undefined, { waits }: ConnectionUse): OpenableConnection {
  if (typeof given === 'string') {
    return { connection: { url: given }, retryStrategy: undefined };
  }
  const options = isRedisClient(given) ? clientOptions(given) : (given ?? {});
  if (options.keyPrefix) {
    throw new Error(KEY_PREFIX_MESSAGE);
  }
  if (waits && isRedisClient(given) && options.maxRetriesPerRequest) {
    throw new Error(RETRIES_MESSAGE);
  }
  const { retryStrategy } = options;
  const bounds = waits ? {} : boundsOf(options);
  return { connection: { ...placeOf(options), ...bounds, strategy: strategyNumber(retryStrategy) }, retryStrategy };
}

function placeOf(options: RedisOptions): NativeConnection {
  const { tls, sentinelTLS: sentinelTls, natMap } = options;
  return {
    url: options.url,
    host: options.host,
    port: portOf(options.port),
    path: options.path,
    username: options.username,
    password: options.password,
    db: options.db,
    tls: toNativeTls(tls),
    sentinels: options.sentinels?.map(nodeOf),
    name: options.name,
    sentinelUsername: options.sentinelUsername,
    sentinelPassword: options.sentinelPassword,
    sentinelTls: toNativeTls(sentinelTls),
    clusterNodes: options.clusterNodes?.map(nodeOf),
    natMap:
      natMap && Object.entries(natMap).map(([announced, node]) => [announcedNode(announced), nodeOf(node)] as const),
    connectTimeoutMs: options.connectTimeout,
  };
}

/** What bounds the calls of a handle, rather than its connection. */
function boundsOf({ maxRetriesPerRequest, enableOfflineQueue }: RedisOptions): NativeConnection {
  return { maxRetriesPerRequest: maxRetriesPerRequest ?? undefined, enableOfflineQueue };
}

function nodeOf({ host, port }: RedisNode): RedisNode {
  return { host, port: portOf(port) };
}

function announcedNode(address: string): RedisNode {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}

/** Callers without types pass text from the environment. */
function portOf(port: number | string | undefined): number | undefined {
  return port === undefined ? undefined : Number(port);
}
