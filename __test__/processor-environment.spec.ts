import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { PushReceiver } from '../scripts/servers/push-receiver.cjs';
import { vapidKeys } from '../scripts/servers/vapid.cjs';
import {
  configure,
  emailProcessor,
  imageProcessor,
  imageProcessors,
  processImage,
  processPushNotification,
  processSendEmail,
  pushProcessors,
  videoProcessor,
  type Job,
  type PushSubscription,
} from '..';
import { temporaryFolder } from './support/folder';
import { jpeg } from './support/images';
import { MailServer } from './support/mail-server';
import { Workshop } from './support/workshop';

const { publicKey, privateKey } = vapidKeys();
const VAPID = { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: 'mailto:ops@example.com' };
const NOBODY = { subscriptions: { findByUser: () => Promise.resolve([]), remove: () => Promise.resolve() } };
const ONE_MEBIBYTE = 1024 * 1024;

const surroundings = { ...process.env };
let workshop: Workshop;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeEach(async () => {
  workshop = new Workshop();
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const name of Object.keys(process.env)) {
    if (!(name in surroundings)) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, surroundings);
  await workshop.close();
  await folder.remove();
});

function environment(variables: Record<string, string>): void {
  Object.assign(process.env, variables);
}

async function authorityFile(ca: string): Promise<string> {
  const path = join(folder.path, 'ca.pem');
  await writeFile(path, ca);
  return path;
}

/** How a worker's only job ended. */
async function ended(worker: ReturnType<Workshop['work']>, name: string, data: unknown): Promise<[Job, unknown]> {
  const end = Promise.race([once(worker, 'completed'), once(worker, 'failed')]);
  await workshop.queue.add(name, data);
  return (await end) as [Job, unknown];
}

describe('what code leaves out comes from the environment', () => {
  let receiver: PushReceiver;
  let stores: { subscriptions: { findByUser: () => Promise<PushSubscription[]>; remove: () => Promise<void> } };
  const notification = { userId: 'user_1', payload: { title: 'New message', body: 'Hello' } };

  beforeEach(async () => {
    receiver = await PushReceiver.start();
    const { endpoint, keys } = receiver.subscribe('phone');
    const rows = [{ id: 'phone', userId: 'user_1', endpoint, ...keys }];
    stores = { subscriptions: { findByUser: () => Promise.resolve(rows), remove: () => Promise.resolve() } };
  });
  afterEach(() => receiver.close());

  test('push: identity, authorities and whether private addresses are allowed', async () => {
    const authority = await authorityFile(receiver.ca);
    environment({ ...VAPID, NODE_EXTRA_CA_CERTS: authority, PUSH_ALLOW_PRIVATE_NETWORK: 'true' });
    configure({ push: { stores } });
    const [, result] = await ended(workshop.work(processPushNotification), 'push-notification', notification);
    expect(result).toEqual({ sent: 1, failed: 0, total: 1 });
    expect(receiver.deliveries).toHaveLength(1);
  });

  test('push: code wins', async () => {
    const authority = await authorityFile(receiver.ca);
    environment({ ...VAPID, NODE_EXTRA_CA_CERTS: authority, PUSH_ALLOW_PRIVATE_NETWORK: 'true' });
    const { single } = pushProcessors({ stores, allowPrivateNetwork: false });
    const worker = workshop.work({ 'push-notification': single });
    worker.on('log', () => undefined);
    const [, result] = await ended(worker, 'push-notification', notification);
    expect(result).toEqual({ sent: 0, failed: 1, total: 1 });
    expect(receiver.received).toBe(0);
  });

  test('e-mail: relay, sender and authorities', async () => {
    const server = await MailServer.start({ authOptional: true });
    environment({
      SMTP_URL: `smtp://localhost:${server.port}`,
      EMAIL_FROM: 'Synapse <no-reply@example.com>',
      NODE_EXTRA_CA_CERTS: await authorityFile(server.ca),
      STORAGE_URL: `file:${folder.path}`,
    });
    configure({});
    const message = { to: 'ann@example.com', subject: 'Welcome', body: '<p>Hello</p>' };
    const [job] = await ended(workshop.work(processSendEmail), 'send-email', message);
    expect(job.failedReason).toBeUndefined();
    expect(server.received[0]).toMatchObject({ isSecure: true, mail: { subject: 'Welcome' } });
    await server.close();
  });

  test('e-mail: code wins', async () => {
    const server = await MailServer.start({ authOptional: true });
    environment({ SMTP_URL: 'smtp://127.0.0.1:9', EMAIL_FROM: 'nobody', NODE_EXTRA_CA_CERTS: '/nonexistent.pem' });
    const url = `smtp://localhost:${server.port}`;
    const storage = `file:${folder.path}`;
    const processor = emailProcessor({ url, from: 'Ann <ann@example.com>', extraCa: server.ca, storage });
    const message = { to: 'bob@example.com', subject: 'Welcome', body: '<p>Hello</p>' };
    await ended(workshop.work({ 'send-email': processor }), 'send-email', message);
    expect(server.received[0]?.envelope.from).toBe('ann@example.com');
    await server.close();
  });

  describe('images: which decoders see uploads', () => {
    const upload = { filePath: '1.jpg', outputPath: '2.jpg' };
    // Enough for a picture that is shrunk while it is decoded, too little for one that is decoded in full first.
    const tight = { memoryBudget: 64 * ONE_MEBIBYTE, stores: { files: { update: () => Promise.resolve() } } };

    beforeEach(async () => {
      await mkdir(join(folder.path, 'files'));
      await writeFile(join(folder.path, 'files', '1.jpg'), await jpeg(4000, 3000));
      environment({ STORAGE_URL: `file:${folder.path}/files`, IMAGE_DECODERS: 'memory-safe' });
    });

    test('are those of IMAGE_DECODERS', async () => {
      configure({ images: tight });
      const [, error] = await ended(workshop.work(processImage), 'process-image', upload);
      expect(error).toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    });

    test('are those that code names', async () => {
      const worker = workshop.work({ 'process-image': imageProcessor({ ...tight, decoders: 'fastest' }) });
      const [job] = await ended(worker, 'process-image', upload);
      expect(job.failedReason).toBeUndefined();
    });
  });

  test('an empty variable counts as absent', async () => {
    environment({ ...VAPID, VAPID_PUBLIC_KEY: '', NEXT_PUBLIC_VAPID_PUBLIC_KEY: publicKey });
    environment({ NODE_EXTRA_CA_CERTS: '', PUSH_ALLOW_PRIVATE_NETWORK: '', DATABASE_URL: '' });
    expect(() => pushProcessors()).not.toThrow();
    const storage = join(folder.path, 'public');
    await mkdir(storage);
    expect(() => imageProcessors({ storage: `file:${storage}` })).not.toThrow();
  });
});

describe('a variable that cannot work is refused by name', () => {
  const EMAIL = { SMTP_URL: 'smtp://localhost', EMAIL_FROM: 'ann@example.com' };

  beforeEach(() => {
    environment({ ...VAPID, STORAGE_URL: `file:${folder.path}` });
  });

  test.each([
    ['PUSH_ALLOW_PRIVATE_NETWORK must be one of true, false; got `yes`', { PUSH_ALLOW_PRIVATE_NETWORK: 'yes' }],
    ['NODE_EXTRA_CA_CERTS must be a readable PEM file, got `/no.pem`', { NODE_EXTRA_CA_CERTS: '/no.pem' }],
    ['NODE_EXTRA_CA_CERTS: ', { NODE_EXTRA_CA_CERTS: __filename }],
    ['VAPID_PUBLIC_KEY: ', { VAPID_PUBLIC_KEY: '' }],
    ['VAPID_PRIVATE_KEY: ', { VAPID_PRIVATE_KEY: 'secret' }],
    ['VAPID_SUBJECT: ', { VAPID_SUBJECT: 'admin' }],
    ['DATABASE_URL: ', { DATABASE_URL: 'oracle://user:secret@host/db' }],
  ])('push: %s', (message, variables) => {
    environment(variables);
    const make = () => pushProcessors();
    expect(make).toThrow(expect.objectContaining({ message: expect.stringContaining(message) as string }) as Error);
    expect(make).not.toThrow(/secret/);
  });

  test.each([
    ['SMTP_URL: ', { SMTP_URL: 'mail.example.com' }],
    ['SMTP_URL: ', { SMTP_URL: '' }],
    ['EMAIL_FROM: ', { EMAIL_FROM: 'nobody' }],
    ['NODE_EXTRA_CA_CERTS must be a readable PEM file', { NODE_EXTRA_CA_CERTS: '/no.pem' }],
    ['STORAGE_URL: ', { STORAGE_URL: 'ftp://user:secret@host' }],
  ])('e-mail: %s', (message, variables) => {
    environment({ ...EMAIL, ...variables });
    expect(() => emailProcessor()).toThrow(message);
    expect(() => emailProcessor()).not.toThrow(/secret/);
  });

  test.each([
    ['IMAGE_DECODERS must be one of fastest, memory-safe; got `quick`', { IMAGE_DECODERS: 'quick' }],
    ['STORAGE_URL: ', { STORAGE_URL: 'ftp://host' }],
    ['PUBLIC_BASE_URL: ', { PUBLIC_BASE_URL: 'cdn.example.com' }],
    ['DATABASE_URL: ', { DATABASE_URL: 'postgresql://u:secret@host/db?connection_limit=0' }],
  ])('images: %s', (message, variables) => {
    environment(variables);
    expect(() => imageProcessors()).toThrow(message);
    expect(() => imageProcessors()).not.toThrow(/secret/);
  });

  test.each([
    ['STORAGE_URL: ', { STORAGE_URL: 'ftp://host' }],
    ['DATABASE_URL: ', { DATABASE_URL: 'dev.db' }],
  ])('videos: %s', (message, variables) => {
    environment(variables);
    expect(() => videoProcessor()).toThrow(message);
  });

  test('a variable that code makes irrelevant is not read', () => {
    environment({ NODE_EXTRA_CA_CERTS: '/no.pem', IMAGE_DECODERS: 'quick', DATABASE_URL: 'oracle://host/db' });
    expect(() => pushProcessors({ stores: NOBODY, extraCa: '' })).not.toThrow();
    const files = { update: () => Promise.resolve() };
    expect(() => imageProcessor({ decoders: 'fastest', stores: { files } })).not.toThrow();
  });

  test('configure names it too, and what code gives is named by its code alone', () => {
    environment({ PUBLIC_BASE_URL: 'cdn.example.com' });
    expect(() => {
      configure({ images: {} });
    }).toThrow('PUBLIC_BASE_URL: ');
    environment({ STORAGE_URL: 'file:./public' });
    expect(() => imageProcessor({ storage: 'ftp://host' })).toThrow(/^(?!STORAGE_URL)/);
  });
});
