import { once } from 'node:events';

import { Cluster, Redis } from 'ioredis';
import { createSentinel } from 'redis';

import { Queue, QueueEvents, Worker, type ConnectionOptions } from '..';
import { freePort } from '../scripts/servers/free-port.cjs';
import { RedisServer } from './support/redis-server';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';

const ignore = (): void => undefined;

/** A queue whose failed attempts to connect are written down. */
function queueOn(connection: ConnectionOptions): { queue: Queue; errors: Error[] } {
  const queue = new Queue('work', { connection, prefix: uniquePrefix() });
  const errors: Error[] = [];
  queue.on('error', (error) => errors.push(error));
  return { queue, errors };
}

describe('a server that cannot be reached', () => {
  let port: number;
  beforeEach(async () => {
    port = await freePort();
  });

  test('retryStrategy is asked after every attempt, with how many have failed', async () => {
    const asked: number[] = [];
    const retryStrategy = (times: number): number | null => {
      asked.push(times);
      return times < 4 ? times : null;
    };
    const { queue, errors } = queueOn({ port, retryStrategy });
    const refused = { message: `connect ECONNREFUSED 127.0.0.1:${port}`, code: 'ECONNREFUSED' };
    await expect(queue.waitUntilReady()).rejects.toMatchObject(refused);
    await until('as many error events', () => errors.length >= 4);
    expect(asked.slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(errors[0]).toMatchObject(refused);
    await expect(queue.close()).resolves.toBeUndefined();
  });

  test('a strategy that depends on more than its argument decides anew each time', async () => {
    let isAllowed = true;
    const { queue, errors } = queueOn({ port, retryStrategy: () => (isAllowed ? 5 : null) });
    const failure = queue.waitUntilReady().catch((error: unknown) => error);
    await until('attempts', () => errors.length > 2);
    isAllowed = false;
    expect(await failure).toMatchObject({ code: 'ECONNREFUSED' });
    await queue.close();
  });

  test('a strategy that throws gives up', async () => {
    const retryStrategy = (): never => {
      throw new Error('strategy');
    };
    const { queue } = queueOn({ port, retryStrategy });
    await expect(queue.waitUntilReady()).rejects.toThrow('ECONNREFUSED');
    await queue.close();
  });

  test('of two queues on the server only the one whose strategy gives up stops waiting', async () => {
    const patient = queueOn({ port });
    const hasty = queueOn({ port, retryStrategy: (times) => (times < 2 ? 1 : null) });
    let isReady = false;
    const waiting = patient.queue.waitUntilReady().then(() => (isReady = true), ignore);
    await expect(hasty.queue.waitUntilReady()).rejects.toThrow('ECONNREFUSED');
    expect(isReady).toBe(false);
    await Promise.all([patient.queue.close(), hasty.queue.close(), waiting]);
  });

  test('close works at any moment, twice, and ends what waits', async () => {
    const { queue } = queueOn({ port });
    const worker = new Worker('work', () => Promise.resolve(), { connection: { port } });
    const events = new QueueEvents('work', { connection: { port } });
    worker.on('error', ignore);
    events.on('error', ignore);
    const failure = queue.add('job', {}).catch((error: unknown) => error);
    for (let i = 0; i < 2; i += 1) {
      await expect(Promise.all([queue.close(), worker.close(), events.close()])).resolves.toBeDefined();
    }
    expect(await failure).toMatchObject({ message: 'Connection is closed.' });
  });
});

describe('a connection that is lost', () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.stop());

  test('without an offline queue calls reject at once, until it is back', async () => {
    const { queue } = queueOn({ port: server.port, enableOfflineQueue: false });
    await queue.add('job', {});
    await server.kill();
    const message = "Stream isn't writeable and enableOfflineQueue options is false";
    await expect(queue.add('job', {})).rejects.toMatchObject({ message, code: 'QUEUE_UNAVAILABLE' });
    await expect(queue.getJobCounts()).rejects.toThrow(message);
    await server.restart();
    await until('the connection', () => queue.count().then(() => true, ignore));
    expect((await queue.add('job', {})).id).toBe('2');
    await queue.close();
  });

  test('a call outlives maxRetriesPerRequest attempts', async () => {
    const { queue } = queueOn({ port: server.port, maxRetriesPerRequest: 2, retryStrategy: () => 1 });
    await queue.add('job', {});
    await server.kill();
    await expect(queue.add('job', {})).rejects.toThrow(
      'Reached the max retries per request limit (which is 2). Refer to "maxRetriesPerRequest" option for details.',
    );
    await queue.close();
  });

  test('by default calls wait and are answered when it is back', async () => {
    const { queue } = queueOn({ port: server.port });
    await queue.add('job', {});
    await server.kill();
    const adding = queue.add('job', {});
    await server.restart();
    expect((await adding).id).toBe('2');
    await queue.close();
  });
});

describe('client objects', () => {
  const client = new Redis(redisUrl(), { lazyConnect: true, maxRetriesPerRequest: 3 });
  const cluster = new Cluster([{ port: 1 }], { lazyConnect: true, redisOptions: { maxRetriesPerRequest: 3 } });

  test.each<[string, ConnectionOptions]>([
    ['ioredis', client],
    ['ioredis Cluster', cluster],
  ])('%s: whoever blocks needs maxRetriesPerRequest null', async (_, connection) => {
    const message = 'BullMQ: Your redis options maxRetriesPerRequest must be null.';
    expect(() => new Worker('work', () => Promise.resolve(), { connection })).toThrow(message);
    expect(() => new Worker('work', null, { connection })).toThrow(message);
    expect(() => new QueueEvents('work', { connection })).toThrow(message);
    await expect(new Queue('work', { connection, skipMetasUpdate: true }).close()).resolves.toBeUndefined();
  });

  test.each<[string, object]>([
    ['ioredis', new Redis({ lazyConnect: true, keyPrefix: 'x:' })],
    ['ioredis Cluster', new Cluster([{ port: 1 }], { lazyConnect: true, redisOptions: { keyPrefix: 'x:' } })],
    ['options', { keyPrefix: 'x:' }],
  ])('%s: a key prefix is refused', (_, connection) => {
    expect(() => new Queue('work', { connection })).toThrow(
      'BullMQ: ioredis does not support ioredis prefixes, use the prefix option instead.',
    );
  });

  test('that hide their options are refused', () => {
    const sentinel = createSentinel({ name: 'primary', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] });
    for (const hidden of [{ duplicate: ignore }, sentinel as unknown as ConnectionOptions]) {
      expect(() => new Queue('work', { connection: hidden })).toThrow('options of this Redis client cannot be read');
    }
  });
});

describe('sockets', () => {
  let server: RedisServer;
  let redis: Redis;
  beforeEach(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.port);
  });
  afterEach(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** Names of the clients of the server, without the test's own. */
  async function clients(): Promise<string[]> {
    const own = await redis.client('ID');
    const lines = String(await redis.client('LIST'))
      .trim()
      .split('\n');
    const others = lines.filter((line) => !line.startsWith(`id=${own} `));
    return others.map((line) => / name=(\S*)/.exec(line)?.[1] ?? '').sort();
  }

  test('a thousand queues share one', async () => {
    const connection = (): ConnectionOptions => ({ port: server.port, retryStrategy: () => 100 });
    const queues = Array.from({ length: 1000 }, (_, i) => new Queue(`queue-${i}`, { connection: connection() }));
    await Promise.all(queues.map((queue) => queue.add('job', {})));
    expect(await clients()).toHaveLength(1);
    await Promise.all(queues.map((queue) => queue.close()));
    await until('the socket to close', async () => (await clients()).length === 0);
  });

  test('of workers and event readers carry their names', async () => {
    const connection = { port: server.port };
    const name = Buffer.from('work').toString('base64');
    const workers = [{}, { name: 'painter' }].map(
      (own) => new Worker('work', () => Promise.resolve(), { connection, ...own }),
    );
    const events = new QueueEvents('work', { connection });
    await Promise.all([...workers.map((worker) => once(worker, 'ready')), events.waitUntilReady()]);
    expect(await clients()).toEqual(['', `bull:${name}`, `bull:${name}:qe`, `bull:${name}:w:painter`]);
    await Promise.all([...workers.map((worker) => worker.close()), events.close()]);
    await until('the sockets to close', async () => (await clients()).length === 0);
  });
});
