/** How to reach Redis, in ioredis' words. */
export interface RedisOptions {
  /** Server to connect to. Default `127.0.0.1`. */
  host?: string | undefined;
  /** TCP port, 1-65535. Default 6379. */
  port?: number | undefined;
  /** Path of a unix socket; wins over `host` and `port`. */
  path?: string | undefined;
  /** `redis://`, `rediss://` (TLS) or `unix:` URL; wins over every option it can express. */
  url?: string | undefined;
  /** ACL user. Default: the server's default user. */
  username?: string | undefined;
  /** Password of the user. Never logged. */
  password?: string | undefined;
  /** Database number, 0 or more. Default 0. */
  db?: number | undefined;
  /** Encrypts the connection; `{}` trusts the web's root certificates. Default: no TLS. */
  tls?: TlsOptions | undefined;
  /** Longest wait for a connection, ms. Default 10000. */
  connectTimeout?: number | undefined;
  /**
   * Delay before connection attempt number `times` (1, 2, ...), ms; `null` gives up, so that `waitUntilReady()` rejects with the
   * connection error. Default: grows from 50 ms to 2 s and never gives up.
   */
  retryStrategy?: ((times: number) => number | null | undefined) | undefined;
  /** Accepted because ioredis has it; must be `null` on a connection object that a worker shares. */
  maxRetriesPerRequest?: number | null | undefined;
  /** Accepted because ioredis has it; `deadlineMs` of the queue bounds how long a call waits for Redis. */
  enableOfflineQueue?: boolean | undefined;
  /** Not supported: use the queue's `prefix`. */
  keyPrefix?: string | undefined;
}

/** Certificates of an encrypted connection, each PEM text or bytes. */
export interface TlsOptions {
  /** Authorities to trust instead of the web's. */
  ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** Client certificate. */
  cert?: string | Uint8Array | undefined;
  /** Private key of the client certificate. */
  key?: string | Uint8Array | undefined;
}

/** A client of ioredis: its options are read, and it is never closed by us. */
export interface RedisClient {
  readonly options: object;
  // Clients are told from options by this method.
  duplicate(...args: never[]): unknown;
}

/** Where the queue lives: options, a URL, or a client whose options are read. */
export type ConnectionOptions = RedisOptions | RedisClient | string;
