import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { freePort } from '../scripts/servers/free-port.cjs';
import { PushReceiver } from '../scripts/servers/push-receiver.cjs';
import { vapidKeys } from '../scripts/servers/vapid.cjs';
import { QueueService, sqliteStores } from '..';
import { temporaryFolder } from './support/folder';
import { jpeg } from './support/images';
import { MailServer } from './support/mail-server';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';
import { CommandProcess } from './support/worker-process';

const silent = { log: () => undefined, error: () => undefined };
const { publicKey, privateKey } = vapidKeys();
const VAPID = { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: 'mailto:test@example.com' };

const EMAIL = { SMTP_URL: 'smtp://127.0.0.1:9', EMAIL_FROM: 'Synapse <no-reply@example.com>' };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let prefix: string;
let service: QueueService;
const running: CommandProcess[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  prefix = uniquePrefix();
  service = new QueueService({ connection: { url: redisUrl() }, prefix, logger: silent });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.kill()));
  await service.close();
  await folder.remove();
});

function baseEnv(): Record<string, string> {
  return {
    REDIS_URL: redisUrl(),
    QUEUE_PREFIX: prefix,
    STORAGE_URL: `file:${folder.path}`,
    DATABASE_URL: `sqlite:${join(folder.path, 'rows.db')}`,
  };
}

function run(args: string[], env: Record<string, string>): CommandProcess {
  const command = new CommandProcess(args, env);
  running.push(command);
  return command;
}

async function startWorker(env: Record<string, string>, ...args: string[]): Promise<CommandProcess> {
  const worker = run(['worker', ...args], { ...baseEnv(), ...env });
  await worker.line('🚀');
  return worker;
}

describe('the log of a push job', () => {
  let receiver: PushReceiver;
  beforeEach(async () => {
    receiver = await PushReceiver.start();
  });
  afterEach(() => receiver.close());

  /** Everything a worker needs to send to the receiver; the next job gets the id 123. */
  async function prepare(): Promise<Record<string, string>> {
    const stores = await sqliteStores(baseEnv()['DATABASE_URL'] ?? '');
    for (const name of ['phone', 'laptop']) {
      const { endpoint, keys } = receiver.subscribe(name);
      await stores.subscriptions.save({ id: name, userId: 'user_456', endpoint, ...keys });
    }
    await stores.close();
    const redis = new Redis(redisUrl());
    await redis.set(service.queue('push-notifications').toKey('id'), '122');
    await redis.quit();
    const authority = join(folder.path, 'ca.pem');
    await writeFile(authority, receiver.ca);
    return { ...VAPID, NODE_EXTRA_CA_CERTS: authority, PUSH_ALLOW_PRIVATE_NETWORK: 'true' };
  }

  const payload = { title: 'New message', body: 'Hello' };

  test('is the four lines of the document, byte for byte', async () => {
    const worker = await startWorker(await prepare());
    const started = worker.lines.length;
    const job = await service.addPushNotification({ userId: 'user_456', payload });
    const result: unknown = await job.waitUntilFinished();
    await worker.line('✅ Job 123 completed');

    expect(worker.lines.slice(started)).toEqual([
      '🔄 Worker: Processing job 123 of type push-notification',
      '📤 Processing push notification job 123 for user user_456',
      '✅ Push notification job 123 completed: 2 sent, 0 failed',
      '✅ Job 123 completed',
    ]);
    expect(result).toEqual({ sent: 2, failed: 0, total: 2 });
    expect(receiver.deliveries.map((delivery) => JSON.parse(delivery.payload) as unknown)).toEqual([payload, payload]);
    expect(await worker.stop()).toBe(0);
    expect(worker.errors).toEqual([]);
  });

  test('is one object per line in the JSON format, without the payload', async () => {
    const worker = await startWorker({ ...(await prepare()), LOG_FORMAT: 'json' });
    await service.addPushNotification({ userId: 'user_456', payload });
    await until('the end of the job', () => worker.entries('completed')[0]);

    expect(worker.entries('active')).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        level: 'info',
        message: '🔄 Worker: Processing job 123 of type push-notification',
        event: 'active',
        queue: 'push-notifications',
        jobId: '123',
        jobName: 'push-notification',
        attemptsMade: 0,
      },
    ]);
    expect(worker.lines.join('\n')).not.toContain(payload.body);
    expect(await worker.stop()).toBe(0);
  });
});

describe('synapse-queue worker', () => {
  test('prints its settings with secrets masked', async () => {
    const secretUrl = redisUrl().replace('redis://', 'redis://default:@');
    const worker = await startWorker({ ...VAPID, REDIS_URL: secretUrl, PUBLIC_BASE_URL: 'https://cdn.example.com' });
    const text = worker.lines.join('\n');
    expect(text).toContain(`REDIS_URL=${secretUrl.replace('default:', '***')}`);
    expect(text).toContain('VAPID_PRIVATE_KEY=***');
    expect(text).toContain('PUBLIC_BASE_URL=https://cdn.example.com');
    expect(text).not.toContain(privateKey);
    expect(text).toContain('Worker: SMTP_URL is not set, the email queue is left to other workers');
    expect(await worker.stop()).toBe(0);
  });

  test('masks the password of the relay, and works on e-mail where there is one', async () => {
    const server = await MailServer.start();
    const authority = join(folder.path, 'ca.pem');
    await writeFile(authority, server.ca);
    const worker = await startWorker({
      ...VAPID,
      ...EMAIL,
      SMTP_URL: `smtp://ann:s3cret%2F%C3%A4@localhost:${server.port}`,
      NODE_EXTRA_CA_CERTS: authority,
    });
    const job = await service.addEmail({ to: 'ann@example.com', subject: 'Hello', body: '<p>Hello</p>' });
    expect(await job.waitUntilFinished()).toEqual({ success: true, messageId: expect.any(String) as string });
    await worker.line(`✅ Job ${job.id ?? ''} completed`);
    expect(worker.lines).toContain(`📧 Processing email job ${job.id ?? ''} to ann@example.com`);
    expect(worker.lines).toContain(`SMTP_URL=smtp://***@localhost:${server.port}`);
    expect(worker.lines).toContain('EMAIL_FROM=Synapse <no-reply@example.com>');
    expect(worker.lines.join('\n')).not.toContain('s3cret');
    expect(server.received[0]).toMatchObject({ user: 'ann', isSecure: true });
    expect(await worker.stop()).toBe(0);
    await server.close();
  });

  test.each([
    ['REDIS_URL must be a URL that begins with redis://', { REDIS_URL: 'http://:secret@localhost' }],
    ['REDIS_PORT must be a whole number from 1 to 65535, got `70000`', { REDIS_URL: '', REDIS_PORT: '70000' }],
    ['LOG_LEVEL must be one of error, warn, info, debug; got `loud`', { LOG_LEVEL: 'loud' }],
    ['LOG_FORMAT must be one of text, json; got `xml`', { LOG_FORMAT: 'xml' }],
    ['WORKER_QUEUES must be names out of push-notifications', { WORKER_QUEUES: 'videos' }],
    ['WORKER_SHUTDOWN_TIMEOUT_MS must be a whole number from 0', { WORKER_SHUTDOWN_TIMEOUT_MS: 'soon' }],
    ['VAPID_PUBLIC_KEY must be a public key of 65 bytes', { VAPID_PUBLIC_KEY: '' }],
    ['VAPID_PRIVATE_KEY must be a private key of 32 bytes', { VAPID_PRIVATE_KEY: 'secret' }],
    ['VAPID_SUBJECT must be a contact', { VAPID_SUBJECT: 'admin' }],
    ['PUSH_ALLOW_PRIVATE_NETWORK must be one of true, false', { PUSH_ALLOW_PRIVATE_NETWORK: 'yes' }],
    ['VAPID_PRIVATE_KEY: ', { VAPID_PRIVATE_KEY: vapidKeys().privateKey }],
    ['NODE_EXTRA_CA_CERTS must be a readable PEM file', { NODE_EXTRA_CA_CERTS: '/nonexistent.pem' }],
    ['NODE_EXTRA_CA_CERTS: ', { NODE_EXTRA_CA_CERTS: __filename }],
    ['DATABASE_URL: ', { DATABASE_URL: 'oracle://user:secret@host/db' }],
    ['STORAGE_URL: ', { STORAGE_URL: 'ftp://user:secret@host' }],
    ['STORAGE_URL: ', { STORAGE_URL: 's3://key:secret@media' }],
    ['PUBLIC_BASE_URL: ', { PUBLIC_BASE_URL: 'cdn.example.com' }],
    ['SMTP_URL must be a URL that begins with smtp://', { WORKER_QUEUES: 'email' }],
    ['SMTP_URL must be a URL that begins with smtp://', { SMTP_URL: 'u:secret@mail.example.com' }],
    ['SMTP_URL: ', { ...EMAIL, SMTP_URL: 'smtp://u:secret@host?tls=maybe' }],
    ['EMAIL_FROM must be a sender such as', { SMTP_URL: 'smtp://u:secret@host' }],
    ['EMAIL_FROM: ', { ...EMAIL, EMAIL_FROM: 'nobody' }],
  ])('refuses to start: %s', async (message, env) => {
    const worker = run(['worker'], { ...baseEnv(), ...VAPID, ...env });
    expect(await worker.exit()).toBe(2);
    // Node itself has a word about certificates that it cannot load.
    const errors = worker.errors.filter((line) => !line.startsWith('Warning: Ignoring extra certs'));
    expect(errors).toEqual([expect.stringContaining(`synapse-queue: ${message}`)]);
    expect(errors[0]).not.toContain('secret');
  });

  test('refuses a Redis that refuses it', async () => {
    const redis = new Redis(redisUrl());
    await redis.call('ACL', 'SETUSER', prefix, 'on', '>right', '~*', '+@all');
    const url = redisUrl().replace('redis://', `redis://${prefix}:wrong@`);
    const worker = run(['worker'], { ...baseEnv(), REDIS_URL: url, ...EMAIL, WORKER_QUEUES: 'email' });
    expect(await worker.exit()).toBe(2);
    await redis.call('ACL', 'DELUSER', prefix);
    await redis.quit();
    expect(worker.errors).toEqual([expect.stringMatching(/REDIS_URL .* do not fit: .*WRONGPASS|AuthenticationFailed/)]);
  });

  test('can be stopped while it waits for a Redis that is not there', async () => {
    const nowhere = `redis://127.0.0.1:${await freePort()}`;
    const worker = run(['worker'], {
      ...baseEnv(),
      REDIS_URL: nowhere,
      ...EMAIL,
      WORKER_QUEUES: 'email,file-processing',
    });
    await worker.line('ECONNREFUSED');
    expect(await worker.stop()).toBe(0);
    expect(worker.lines.filter((line) => line.includes('ECONNREFUSED'))).toHaveLength(1);
    expect(worker.lines.at(-1)).toBe('🛑 Worker: stopped');
    expect(worker.errors).toEqual([]);
  });

  test('escapes what a job name could do to the log', async () => {
    const worker = await startWorker({ WORKER_QUEUES: 'file-processing' });
    const forged = 'x\n✅ Job 1 completed\u001b[2J';
    await service.queue('file-processing').add(forged, {}, { attempts: 1 });
    await worker.line('❌ Job 1 failed');
    expect(worker.lines).toContain('🔄 Worker: Processing job 1 of type x\\n✅ Job 1 completed\\u001b[2J');
    expect(worker.lines).not.toContain('✅ Job 1 completed');
    expect(await worker.stop()).toBe(0);
  });

  test('drains on SIGTERM: what runs is finished, what waits stays', async () => {
    await writeFile(join(folder.path, 'photo.jpg'), await jpeg(4000, 3000));
    const worker = await startWorker({ WORKER_QUEUES: 'file-processing' });
    const outputs = [...Array(20).keys()];
    await Promise.all(
      outputs.map((index) => service.addImageProcessing({ filePath: 'photo.jpg', outputPath: `${index}.jpg` })),
    );
    await worker.line('🔄 Worker: Processing job 3 ');
    expect(await worker.stop()).toBe(0);

    const { completed, waiting, active, failed } = await service.queue('file-processing').getJobCounts();
    const started = worker.lines.filter((line) => line.startsWith('🔄')).length;
    expect([completed, active, failed]).toEqual([started, 0, 0]);
    expect(waiting).toBe(outputs.length - started);
    expect(worker.lines.at(-1)).toBe('🛑 Worker: stopped');
    expect(worker.errors).toEqual([]);
  });
});
