import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { PushReceiver } from '../scripts/servers/push-receiver.cjs';
import { vapidKeys } from '../scripts/servers/vapid.cjs';
import { QueueService, sqliteStores } from '..';
import { temporaryFolder } from './support/folder';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';
import { CommandProcess } from './support/worker-process';

/** `SYNAPSE_BATCH_USERS=10000` runs what a large application would; a full run takes minutes. */
const USERS = Number(process.env['SYNAPSE_BATCH_USERS'] ?? 300);
const BROWSERS = 2;
const TOTAL = USERS * BROWSERS;
/** Requests in flight at once: the most that a crash may leave unrecorded. */
const IN_FLIGHT_MAX = 100;
const DEADLINE_MS = 60_000 + TOTAL * 30;

const payload = { title: 'To everybody', body: 'Hello' };

describe(`kill -9 of the worker in the middle of a batch for ${USERS} users`, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let receiver: PushReceiver;
  let env: Record<string, string>;
  const prefix = uniquePrefix();
  const redis = new Redis(redisUrl());
  const service = new QueueService({
    connection: { url: redisUrl() },
    prefix,
    logger: { log: jest.fn(), error: jest.fn() },
  });
  let worker: CommandProcess | undefined;

  beforeAll(async () => {
    folder = await temporaryFolder();
    receiver = await PushReceiver.start();
    const { publicKey, privateKey } = vapidKeys();
    env = {
      REDIS_URL: redisUrl(),
      QUEUE_PREFIX: prefix,
      DATABASE_URL: `sqlite:${join(folder.path, 'rows.db')}`,
      WORKER_QUEUES: 'push-notifications',
      WORKER_LOCK_DURATION_MS: '3000',
      WORKER_STALLED_INTERVAL_MS: '500',
      VAPID_PUBLIC_KEY: publicKey,
      VAPID_PRIVATE_KEY: privateKey,
      VAPID_SUBJECT: 'mailto:ops@example.com',
      PUSH_ALLOW_PRIVATE_NETWORK: 'true',
      NODE_EXTRA_CA_CERTS: join(folder.path, 'ca.pem'),
    };
    await writeFile(join(folder.path, 'ca.pem'), receiver.ca);
    await subscribeEverybody();
  }, DEADLINE_MS);
  afterAll(async () => {
    await worker?.kill();
    await service.close();
    await redis.quit();
    await receiver.close();
    await folder.remove();
  });

  async function subscribeEverybody(): Promise<void> {
    const stores = await sqliteStores(env['DATABASE_URL']);
    for (let user = 0; user < USERS; user += 1) {
      const saves = [...Array(BROWSERS).keys()].map((browser) => {
        const id = `s${user}-${browser}`;
        const { endpoint, keys } = receiver.subscribe(id);
        return stores.subscriptions.save({ id, userId: `user_${user}`, endpoint, ...keys });
      });
      await Promise.all(saves);
    }
    await stores.close();
  }

  /** Subscriptions whose delivery is recorded with the job. */
  async function confirmed(jobKey: string): Promise<Set<string>> {
    const fields = await redis.hkeys(jobKey);
    return new Set(
      fields.filter((field) => field.includes(':sent:')).map((field) => field.split(':sent:')[1] as string),
    );
  }

  /** How often each subscription got the message. */
  function counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { name } of receiver.deliveries) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }

  test(
    'everybody is notified, and nobody twice whose delivery was confirmed',
    async () => {
      worker = await CommandProcess.startWorker(env);
      const users = [...Array(USERS).keys()].map((user) => `user_${user}`);
      const job = await service.addBatchPushNotification({ users, payload });
      const jobKey = service.queue('push-notifications').toKey(job.id ?? '');
      await until('a third of the messages', () => receiver.deliveries.length > TOTAL / 3, DEADLINE_MS);
      await worker.kill();
      const before = await confirmed(jobKey);
      const delivered = receiver.deliveries.length;

      worker = await CommandProcess.startWorker(env);
      const result: unknown = await job.waitUntilFinished(undefined, DEADLINE_MS);

      expect(result).toEqual({ users: USERS, sent: TOTAL, failed: 0, total: TOTAL });
      const times = counts();
      expect(times.size).toBe(TOTAL);
      expect([...before].filter((name) => times.get(name) !== 1)).toEqual([]);
      const repeated = receiver.deliveries.length - TOTAL;
      expect(before.size).toBeGreaterThan(0);
      expect(before.size).toBeLessThan(TOTAL);
      expect(repeated).toBeLessThanOrEqual(IN_FLIGHT_MAX);
      console.info(`killed after ${delivered} of ${TOTAL} messages, ${before.size} recorded; ${repeated} repeated`);
    },
    DEADLINE_MS,
  );
});
