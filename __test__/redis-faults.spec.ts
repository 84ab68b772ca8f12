import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { Load } from './support/load';
import { RedisServer } from './support/redis-server';
import { until } from './support/until';

const TIMEOUT_MS = 180_000;

function sorted<T extends { once: string[] }>(ends: T): T {
  return { ...ends, once: [...ends.once].sort() };
}

/** Keys that a server reads when it starts, and how long it takes for each: long enough to be seen loading. */
const LOADED_KEYS = 1000;
const MICROSECONDS_PER_KEY = 1000;

test(
  'a Redis that is still loading its file is waited for, by calls and by the worker',
  async () => {
    const slowly = { 'key-load-delay': `${MICROSECONDS_PER_KEY}`, 'loading-process-events-interval-bytes': '1024' };
    const server = await RedisServer.start(slowly);
    const impatient = { maxRetriesPerRequest: null, enableReadyCheck: false, retryStrategy: () => 5 };
    const redis = new Redis(server.port, impatient);
    redis.on('error', () => undefined);
    for (let i = 0; i < LOADED_KEYS; i += 1) await redis.set(`key-${i}`, 'x'.repeat(100));
    // A server answers while it reads a snapshot, and hardly while it repeats commands.
    await redis.bgrewriteaof();
    await until('the snapshot', async () =>
      /rewrite_in_progress:0\r\naof_rewrite_scheduled:0/.exec(await redis.info('persistence')),
    );
    const load = new Load({ connection: { port: server.port }, open: () => new Redis(server.port) });
    await load.untilAdded(50);

    await server.kill();
    const restarted = server.restart();
    const refusal = await until('the server to load', () => redis.get('key-0').catch(String));
    await restarted;
    await load.untilConsuming();
    const times = [...(await load.drain())];
    await load.close();
    redis.disconnect();
    await server.stop();

    expect(refusal).toMatch(/LOADING/);
    expect(times.map(([id]) => id).sort()).toEqual([...load.added].sort());
    expect(times.filter(([, count]) => count !== 1)).toEqual([]);
    expect(load.refused).toBe(0);
  },
  TIMEOUT_MS,
);

describe('under load', () => {
  let server: RedisServer;
  let redis: Redis;
  let load: Load;

  beforeEach(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.port, { maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    load = new Load({ connection: { port: server.port }, open: () => new Redis(server.port) });
    await load.untilAdded(50);
  });
  afterEach(async () => {
    await load.close();
    redis.disconnect();
    await server.stop();
  });

  /** What ended, by how often it did: every acknowledged add once, and no other job, if nothing was lost or repeated. */
  async function ends(): Promise<{ once: string[]; repeated: [string, number][]; completed: number }> {
    const times = [...(await load.drain())];
    return {
      once: times.filter(([, count]) => count === 1).map(([id]) => id),
      repeated: times.filter(([, count]) => count !== 1),
      completed: await load.queue.getCompletedCount(),
    };
  }

  /** The ends of all acknowledged adds, in the order of their ids. */
  function eachOnce(): Awaited<ReturnType<typeof ends>> {
    return { once: [...load.added], repeated: [], completed: load.added.length };
  }

  test(
    'connections that are killed again and again make no duplicates',
    async () => {
      for (let kills = 0; kills < 10; kills += 1) {
        await redis.client('KILL', 'TYPE', 'NORMAL', 'SKIPME', 'yes');
        await load.untilAdded(20);
      }
      await load.untilConsuming();
      expect(sorted(await ends())).toEqual(sorted(eachOnce()));
    },
    TIMEOUT_MS,
  );

  test(
    'a Redis that is killed and comes back from its append-only file loses and repeats nothing',
    async () => {
      for (let restarts = 0; restarts < 3; restarts += 1) {
        await server.kill();
        await server.restart();
        await load.untilConsuming();
      }
      expect(sorted(await ends())).toEqual(sorted(eachOnce()));
    },
    TIMEOUT_MS,
  );

  test(
    'a Redis that stands still for seconds',
    async () => {
      const goOn = await server.freeze();
      await sleep(3000);
      goOn();
      await load.untilConsuming();
      expect(sorted(await ends())).toEqual(sorted(eachOnce()));
    },
    TIMEOUT_MS,
  );

  test(
    'scripts that are flushed',
    async () => {
      for (let flushes = 0; flushes < 10; flushes += 1) {
        await redis.script('FLUSH');
        await load.untilAdded(20);
      }
      expect(sorted(await ends())).toEqual(sorted(eachOnce()));
    },
    TIMEOUT_MS,
  );

  test(
    'a Redis that is emptied goes on with what is added from then on',
    async () => {
      await redis.flushall();
      await load.untilConsuming();
      await load.drain();
      expect(await load.queue.getJobCountByTypes('waiting', 'active')).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'a Redis without memory refuses adds; when there is memory again the worker goes on',
    async () => {
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      await redis.config('SET', 'maxmemory', '1');
      await until('a refused add', () => load.refused > 0);
      await until('the worker to say so', () => load.errors.some(({ message }) => message.includes('OOM')));
      await redis.config('SET', 'maxmemory', '0');
      await load.untilConsuming();
      expect(sorted(await ends())).toEqual(sorted(eachOnce()));
    },
    TIMEOUT_MS,
  );

  test(
    'a primary that becomes a replica and a primary again',
    async () => {
      const other = await RedisServer.start();
      await redis.replicaof('127.0.0.1', other.port);
      const first = load.added.length;
      await until('calls that the replica refuses', async () => {
        const { count } = /errorstat_READONLY:count=(?<count>\d+)/.exec(await redis.info('errorstats'))?.groups ?? {};
        return Number(count ?? 0) >= 3;
      });
      const addedByReplica = load.added.length - first;
      await redis.replicaof('NO', 'ONE');
      await other.stop();
      expect(addedByReplica).toBeLessThanOrEqual(5);
      await load.untilConsuming();
      expect(load.worker.health().connected).toBe(true);
    },
    TIMEOUT_MS,
  );
});
