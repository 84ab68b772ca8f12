import { join } from 'node:path';

import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';

import { createIORedisClient, createNodeRedisClient, type ConnectionOptions } from '..';
import { localhostCertificates } from '../scripts/servers/certificates.cjs';
import { freePort } from '../scripts/servers/free-port.cjs';
import { RedisCluster } from './support/redis-cluster';
import { RedisSentinels } from './support/redis-sentinels';
import { RedisServer } from './support/redis-server';
import { redisUrl } from './support/redis';
import { roundTrip } from './support/round-trip';

const port = Number(new URL(redisUrl()).port);

/** Lets a job pass through a queue, a worker and an event reader on this connection. */
async function passesJobs(connection: ConnectionOptions, prefix?: string): Promise<void> {
  const trip = await roundTrip(connection, prefix);
  await trip.close();
}

describe('one server, however it is named', () => {
  test.each<[string, ConnectionOptions]>([
    ['host and port', { host: '127.0.0.1', port }],
    ['a port as text from the environment', { port: `${port}` as unknown as number }],
    ['a URL', { url: redisUrl() }],
    ['a URL, which wins over host and port', { url: redisUrl(), host: 'nowhere.invalid', port: 1 }],
    ['a URL as text', redisUrl()],
    ['a database of its own', { port, db: 5 }],
  ])('%s', async (_, connection) => {
    await expect(passesJobs(connection)).resolves.toBeUndefined();
  });

  test('an ioredis client is not used, stays open and is closed by its owner', async () => {
    const client = new Redis(port, { maxRetriesPerRequest: null });
    await passesJobs(client);
    await passesJobs(createIORedisClient(client));
    const status = client.status;
    const ended = new Promise((resolve) => client.once('end', resolve));
    await client.quit();
    await ended;
    expect(status).toBe('ready');
  });

  test('a node-redis client need not even be connected', async () => {
    const client = createClient({ url: redisUrl(), socket: { connectTimeout: 2000 } });
    await passesJobs(createNodeRedisClient(client));
    await passesJobs(client);
    expect(client.isOpen).toBe(false);
  });
});

test('an ACL user over TLS with a private authority and a client certificate', async () => {
  const { ca, cert, key } = await localhostCertificates();
  const tlsPort = await freePort();
  const server = await RedisServer.start(
    (folder) => ({
      'tls-port': `${tlsPort}`,
      'tls-ca-cert-file': join(folder, 'ca.pem'),
      'tls-cert-file': join(folder, 'cert.pem'),
      'tls-key-file': join(folder, 'key.pem'),
      user: ['queue', 'on', '>s3cret', '~{jobs}:*', '+@all'],
    }),
    { 'ca.pem': ca, 'cert.pem': cert, 'key.pem': key },
  );
  const user = { host: '127.0.0.1', port: tlsPort, username: 'queue', password: 's3cret' };
  const prefix = '{jobs}';
  try {
    await passesJobs({ ...user, tls: { ca, cert, key } }, prefix);
    await passesJobs(
      { ...user, tls: { ca: [Buffer.from(ca)], cert: Buffer.from(cert), key: Buffer.from(key) } },
      prefix,
    );
    await passesJobs({ ...user, tls: { cert, key, rejectUnauthorized: false } }, prefix);
    await passesJobs({ url: `rediss://queue:s3cret@127.0.0.1:${tlsPort}`, tls: { ca, cert, key } }, prefix);
    await passesJobs(
      new Redis({ ...user, tls: { ca, cert, key }, lazyConnect: true, maxRetriesPerRequest: null }),
      prefix,
    );
    const socket = { host: '127.0.0.1', port: tlsPort, tls: true, ca, cert, key } as const;
    await passesJobs(createClient({ username: 'queue', password: 's3cret', socket }), prefix);
    const stranger = { ...user, tls: { ca, cert, key }, password: 'wrong' };
    await expect(passesJobs(stranger, prefix)).rejects.toThrow(/WRONGPASS|authentication/i);
  } finally {
    await server.stop();
  }
});

test('a unix socket', async () => {
  const server = await RedisServer.start((folder) => ({ unixsocket: join(folder, 'redis.sock') }));
  const path = join(server.folder, 'redis.sock');
  try {
    for (const connection of [
      { path },
      { url: `unix://${path}` },
      `unix:${path}`,
      new Redis(path, { lazyConnect: true, maxRetriesPerRequest: null }),
    ]) {
      await expect(passesJobs(connection)).resolves.toBeUndefined();
    }
  } finally {
    await server.stop();
  }
});

describe('a cluster of three masters', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
  }, 60_000);
  afterAll(() => cluster.stop());

  test('serves queues with a hash tag on every master, through one node', async () => {
    const [first] = cluster.masters;
    const clusterNodes = [{ host: '127.0.0.1', port: first?.port }];
    for (const tag of ['{alpha}', '{beta}', '{gamma}', '{delta}']) await passesJobs({ clusterNodes }, tag);
    expect(await cluster.mastersWithKeys()).toBeGreaterThan(1);
  });

  test('is reached as an ioredis Cluster is, which stays open', async () => {
    const client = new Cluster(
      cluster.masters.map(({ port: node }) => ({ host: '127.0.0.1', port: node })),
      { redisOptions: { maxRetriesPerRequest: null } },
    );
    await passesJobs(client, '{ioredis}');
    const reply = await client.set('still', 'open');
    await client.quit();
    expect(reply).toBe('OK');
  });

  test('is reached as a node-redis cluster is', async () => {
    const rootNodes = cluster.masters.map(({ url }) => ({ url }));
    await expect(passesJobs(createCluster({ rootNodes }), '{node-redis}')).resolves.toBeUndefined();
  });
});

test('after a failover of three sentinels the new primary serves queue, worker and event reader', async () => {
  const watched = await RedisSentinels.start();
  try {
    const trip = await roundTrip(watched.connection);
    const client = new Redis({ ...watched.connection, lazyConnect: true, maxRetriesPerRequest: null });
    await passesJobs(client);
    await watched.failOver();
    const result = await trip.run(4);
    const counts = await trip.queue.getJobCounts('completed');
    await trip.close();
    expect([result, counts]).toEqual([8, { completed: 2 }]);
  } finally {
    await watched.stop();
  }
}, 90_000);
