import type { RedisClient } from '../options/connection-options';

/**
 * Accepts an ioredis client as `connection`; clients can be passed as they are, this is what code written for BullMQ calls.
 *
 * Its options are read; the client itself is never used or closed.
 */
export function createIORedisClient<Client extends RedisClient>(client: Client): Client {
  return client;
}

/**
 * Accepts a node-redis client as `connection`; clients can be passed as they are, this is what code written for BullMQ calls.
 *
 * Its options are read; the client itself is never used or closed, and need not be connected.
 */
export function createNodeRedisClient<Client extends RedisClient>(client: Client): Client {
  return client;
}
