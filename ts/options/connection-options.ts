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
  /** Database number, 0 or more; a Cluster has only 0. Default 0. */
  db?: number | undefined;
  /** Encrypts the connection; `{}` or `true` trusts the web's root certificates. Default: no TLS. */
  tls?: TlsOptions | boolean | undefined;
  /** Sentinels to ask for the primary whenever a connection is opened; wins over `host`, `port` and `path`. */
  sentinels?: readonly RedisNode[] | undefined;
  /** What the sentinels call the primary; required with `sentinels`. */
  name?: string | undefined;
  /** ACL user at the sentinels. Default: their default user. */
  sentinelUsername?: string | undefined;
  /** Password of the sentinels. Never logged. */
  sentinelPassword?: string | undefined;
  /** Encrypts the connections to the sentinels. Default: no TLS. */
  sentinelTLS?: TlsOptions | boolean | undefined;
  /**
   * Nodes of a Redis Cluster, one is enough; wins over `sentinels` and `host`. Prefixes or queue names need a hash tag, such as
   * `{bull}`, so that the keys of a queue share a slot.
   */
  clusterNodes?: readonly RedisNode[] | undefined;
  /** Where Cluster nodes are reached that announce an address of another network, by `host:port` as announced. */
  natMap?: Readonly<Record<string, RedisNode>> | undefined;
  /** Longest wait for a connection, ms. Default 10000. */
  connectTimeout?: number | undefined;
  /**
   * Asked after every failed attempt to connect, with the number of failures since the last success: the pause before the next
   * attempt, ms, or anything but a number to give up, which rejects the calls that wait. Default: grows from 50 ms to 2 s and never
   * gives up.
   */
  retryStrategy?: ((times: number) => unknown) | undefined;
  /**
   * Failed attempts to connect that one call outlives before it rejects, 0 or more; `null` outlives all. Workers and event readers
   * always outlive all; a client object that they share must say `null`. Default `null`.
   */
  maxRetriesPerRequest?: number | null | undefined;
  /**
   * `false`: a call made while the connection is lost rejects at once, and the connection is opened again behind it. Default `true`:
   * calls wait, for at most the queue's `deadlineMs`.
   */
  enableOfflineQueue?: boolean | undefined;
  /** Not supported: use the queue's `prefix`. */
  keyPrefix?: string | undefined;
}

/** A sentinel or a node of a Redis Cluster. */
export interface RedisNode {
  /** Host name or address. Default `127.0.0.1`. */
  host?: string | undefined;
  /** TCP port. Default 26379 for a sentinel, 6379 for a node. */
  port?: number | undefined;
}

/** Certificates of an encrypted connection, each PEM text or bytes. */
export interface TlsOptions {
  /** Authorities to trust instead of the web's. */
  ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** Client certificate. */
  cert?: string | Uint8Array | undefined;
  /** Private key of the client certificate. */
  key?: string | Uint8Array | undefined;
  /** `false` accepts any certificate: encrypted, but nobody knows to whom. Default `true`. */
  rejectUnauthorized?: boolean | undefined;
}

/** A client of ioredis or node-redis: its options are read, and it is never used or closed by us. */
export interface RedisClient {
  /** Clients are told from options by this method; it is not called. */
  duplicate(...args: never[]): unknown;
}

/** Where the queue lives: options, a URL, or a client whose options are read. */
export type ConnectionOptions = RedisOptions | RedisClient | string;
