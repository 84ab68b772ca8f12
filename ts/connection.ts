import type { ConnectionOptions, RedisClient, RedisOptions, TlsOptions } from './options/connection-options';

/** Attempts up to which `retryStrategy` is asked whether it gives up. */
const RETRY_STRATEGY_ATTEMPTS = 100;

const KEY_PREFIX_MESSAGE = 'BullMQ: ioredis does not support ioredis prefixes, use the prefix option instead.';

/** A connection in the form the engine reads; `undefined` fields take the engine's defaults. */
interface NativeConnection {
  url?: string | undefined;
  host?: string | undefined;
  port?: number | undefined;
  path?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  db?: number | undefined;
  tls?: { ca?: string; cert?: string; key?: string } | undefined;
  connectTimeoutMs?: number | undefined;
  minRetryDelayMs?: number | undefined;
  maxRetryDelayMs?: number | undefined;
  maxAttempts?: number | undefined;
}

/** Whether the connection is a client object rather than options. */
export function isRedisClient(connection: ConnectionOptions | undefined): connection is RedisClient {
  return typeof connection === 'object' && typeof (connection as RedisClient).duplicate === 'function';
}

/**
 * Reduces what users pass as `connection` to what the engine needs, as plain JSON values.
 *
 * @throws `Error` for ioredis' own `keyPrefix`, which would be applied to some keys only.
 */
export function toNativeConnection(connection: ConnectionOptions | undefined): NativeConnection {
  if (typeof connection === 'string') {
    return { url: connection };
  }
  const options = optionsOf(connection);
  if (options.keyPrefix) {
    throw new Error(KEY_PREFIX_MESSAGE);
  }
  return {
    url: options.url,
    host: options.host,
    // Callers without types pass text from the environment.
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-conversion
    port: options.port === undefined ? undefined : Number(options.port),
    path: options.path,
    username: options.username,
    password: options.password,
    db: options.db,
    tls: options.tls === undefined ? undefined : toNativeTls(options.tls),
    connectTimeoutMs: options.connectTimeout,
    ...retryLimits(options.retryStrategy),
  };
}

function optionsOf(connection: RedisOptions | RedisClient | undefined): RedisOptions {
  if (!isRedisClient(connection)) {
    return connection ?? {};
  }
  const options = connection.options as RedisOptions & { redisOptions?: RedisOptions };
  return withoutNulls(options.redisOptions ?? options);
}

/** ioredis fills options that were not given with `null`. */
function withoutNulls(options: RedisOptions): RedisOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));
}

function toNativeTls(tls: TlsOptions): NonNullable<NativeConnection['tls']> {
  const ca = tls.ca === undefined ? [] : [tls.ca].flat();
  return {
    ...(ca.length > 0 && { ca: ca.map(pemText).join('\n') }),
    ...(tls.cert !== undefined && { cert: pemText(tls.cert) }),
    ...(tls.key !== undefined && { key: pemText(tls.key) }),
  };
}

function pemText(pem: string | Uint8Array): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem).toString('utf8');
}

/**
 * Reads a retry strategy: the engine reconnects without JavaScript, so it needs the first and longest delay and the attempt at
 * which the strategy gives up.
 */
function retryLimits(strategy: RedisOptions['retryStrategy']): Partial<NativeConnection> {
  if (typeof strategy !== 'function') {
    return {};
  }
  const delays: number[] = [];
  for (let times = 1; times <= RETRY_STRATEGY_ATTEMPTS; times += 1) {
    const delay = strategy(times);
    if (typeof delay !== 'number') {
      return { ...delayRange(delays), maxAttempts: times };
    }
    delays.push(delay);
  }
  return delayRange(delays);
}

function delayRange(delays: readonly number[]): Partial<NativeConnection> {
  const [first] = delays;
  return first === undefined ? {} : { minRetryDelayMs: first, maxRetryDelayMs: Math.max(...delays) };
}
