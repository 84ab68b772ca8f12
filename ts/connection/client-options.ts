import type {
  ConnectionOptions,
  RedisClient,
  RedisNode,
  RedisOptions,
  TlsOptions,
} from '../options/connection-options';

const UNREADABLE_MESSAGE = 'the options of this Redis client cannot be read, pass them as an object instead';

/** What an ioredis client shows of itself; a Cluster has `startupNodes`. */
interface IORedisClient {
  readonly options: RedisOptions & {
    redisOptions?: RedisOptions;
    clusterRetryStrategy?: RedisOptions['retryStrategy'];
  };
  readonly isCluster?: boolean;
  readonly startupNodes?: readonly (RedisNode | string | number)[];
}

/** Options of a node-redis client. */
interface NodeRedisOptions {
  readonly url?: string;
  readonly username?: string;
  readonly password?: string;
  readonly database?: number;
  readonly disableOfflineQueue?: boolean;
  readonly socket?: NodeRedisSocket;
}

type NodeRedisSocket = Omit<TlsOptions, 'rejectUnauthorized'> & {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly tls?: boolean;
  readonly rejectUnauthorized?: boolean;
  readonly connectTimeout?: number;
  readonly reconnectStrategy?: false | number | ((retries: number, cause: Error) => number | false | Error);
};

/** What a node-redis Cluster shows of itself. */
interface NodeRedisCluster {
  readonly _options: { readonly rootNodes: readonly NodeRedisOptions[]; readonly defaults?: NodeRedisOptions };
}

/** Whether the connection is a client object rather than options. */
export function isRedisClient(connection: ConnectionOptions | undefined): connection is RedisClient {
  return typeof connection === 'object' && typeof (connection as RedisClient).duplicate === 'function';
}

/**
 * The options that a client of ioredis or node-redis was made with.
 *
 * @throws `Error` for a client that does not show them, such as node-redis' Sentinel.
 */
export function clientOptions(client: RedisClient): RedisOptions {
  const { options, _options: clusterOptions } = client as Partial<IORedisClient & NodeRedisCluster>;
  if (clusterOptions?.rootNodes) {
    return nodeRedisCluster(clusterOptions);
  }
  if (typeof options !== 'object') {
    throw new Error(UNREADABLE_MESSAGE);
  }
  if ((client as Partial<IORedisClient>).isCluster) {
    return ioredisCluster(client as unknown as IORedisClient);
  }
  return 'socket' in options ? nodeRedis(options as NodeRedisOptions) : withoutNulls(options);
}

function ioredisCluster({ options, startupNodes = [] }: IORedisClient): RedisOptions {
  const { redisOptions = {}, clusterRetryStrategy, enableOfflineQueue, natMap, keyPrefix } = options;
  const clusterNodes = startupNodes.map((node) => (typeof node === 'object' ? node : addressOf(String(node))));
  const { host, port, path, sentinels, ...shared } = withoutNulls(redisOptions);
  return {
    ...shared,
    keyPrefix: shared.keyPrefix ?? keyPrefix,
    retryStrategy: clusterRetryStrategy,
    enableOfflineQueue,
    natMap: typeof natMap === 'object' ? natMap : undefined,
    clusterNodes,
  };
}

/** `host:port`, a port alone, or a URL. */
function addressOf(address: string): RedisNode {
  const { hostname, port } = new URL(address.includes('://') ? address : `redis://${toHostPort(address)}`);
  return { host: hostname, port: port === '' ? undefined : Number(port) };
}

function toHostPort(address: string): string {
  return /^\d+$/.test(address) ? `127.0.0.1:${address}` : address;
}

/** ioredis fills options that were not given with `null`. */
function withoutNulls(options: RedisOptions): RedisOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== null || name === 'maxRetriesPerRequest'),
  );
}

function nodeRedis({
  url,
  username,
  password,
  database,
  disableOfflineQueue,
  socket = {},
}: NodeRedisOptions): RedisOptions {
  return {
    url,
    username,
    password,
    db: database,
    host: socket.host,
    port: socket.port,
    path: socket.path,
    tls: socket.tls ? socket : undefined,
    connectTimeout: socket.connectTimeout,
    enableOfflineQueue: disableOfflineQueue !== true,
    retryStrategy: retryStrategyOf(socket.reconnectStrategy),
  };
}

function nodeRedisCluster({ rootNodes, defaults = {} }: NodeRedisCluster['_options']): RedisOptions {
  const nodes = rootNodes.map(({ url, socket }) => (url === undefined ? { ...socket } : addressOf(url)));
  const isEncrypted = rootNodes.some(({ url, socket }) => url?.startsWith('rediss:') === true || socket?.tls === true);
  const { url, host, port, path, tls, ...shared } = nodeRedis(defaults);
  return { ...shared, tls: isEncrypted ? (tls ?? { ...rootNodes[0]?.socket }) : tls, clusterNodes: nodes };
}

/** node-redis counts the failures before this one, and takes a number for every pause. */
function retryStrategyOf(strategy: NodeRedisSocket['reconnectStrategy']): RedisOptions['retryStrategy'] {
  if (strategy === undefined) {
    return undefined;
  }
  return (times) => {
    const pause =
      typeof strategy === 'function' ? strategy(times - 1, new Error('Socket closed unexpectedly')) : strategy;
    return typeof pause === 'number' ? pause : null;
  };
}
