import { startPrivateRedis } from '../../scripts/setup/redis.mjs';

/** One Redis for the whole run; tests stay apart by prefix. */
export default async function globalSetup() {
  const redis = await startPrivateRedis();
  globalThis.synapseTestRedis = redis;
  process.env.SYNAPSE_TEST_REDIS_URL = redis.url;
  process.env.SYNAPSE_REDIS_SERVER = redis.binary;
}
