import type { Redis } from 'ioredis';

/** One key as Redis holds it; `expires` is its time to live in ms, rounded up to 5 s. */
export interface KeyDump {
  type: string;
  value: unknown;
  expires?: number;
}

const EXPIRY_STEP_MS = 5000;

/** Reads every key under `prefix`; names are without it, in alphabetical order. */
export async function readKeyspace(redis: Redis, prefix: string): Promise<Map<string, KeyDump>> {
  const names = await findKeys(redis, prefix);
  const dumps = await Promise.all(names.map((name) => readKey(redis, name)));
  const entries = names.map((name, i): [string, KeyDump | undefined] => [name.slice(prefix.length + 1), dumps[i]]);
  return new Map(entries.filter((entry): entry is [string, KeyDump] => entry[1] !== undefined));
}

async function findKeys(redis: Redis, prefix: string): Promise<string[]> {
  const names = new Set<string>();
  for await (const page of redis.scanStream({ match: `${prefix}:*`, count: 1000 })) {
    for (const name of page as string[]) names.add(name);
  }
  return [...names].sort();
}

/** `undefined` for a key that expired since it was found. */
async function readKey(redis: Redis, name: string): Promise<KeyDump | undefined> {
  const [type, ttl] = await Promise.all([redis.type(name), redis.pttl(name)]);
  if (type === 'none') return undefined;
  const value = await readValue(redis, type, name);
  return ttl < 0 ? { type, value } : { type, value, expires: Math.ceil(ttl / EXPIRY_STEP_MS) * EXPIRY_STEP_MS };
}

function readValue(redis: Redis, type: string, name: string): Promise<unknown> {
  switch (type) {
    case 'string':
      return redis.get(name);
    case 'list':
      return redis.lrange(name, 0, -1);
    case 'hash':
      return redis.hgetall(name);
    case 'set':
      return redis.smembers(name).then((members) => members.sort());
    case 'zset':
      return redis.zrange(name, 0, '-1', 'WITHSCORES');
    case 'stream':
      return redis.xrange(name, '-', '+').then((entries) => entries.map(([, fields]) => fields));
    default:
      throw new Error(`the key ${name} has the unexpected type ${type}`);
  }
}
