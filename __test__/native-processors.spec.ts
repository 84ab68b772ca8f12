import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  configure,
  imageProcessor,
  prismaStores,
  processImage,
  processPushNotification,
  pushProcessors,
  sqliteStores,
  type FileFields,
  type Job,
  type PushSubscription,
} from '..';
import { temporaryFolder } from './support/folder';
import { jpeg } from './support/images';
import { Workshop } from './support/workshop';

const upload = { fileId: 'file_1', filePath: 'uploads/1.jpg', userId: 'user_1' };

/** A key pair as `synapse-queue vapid` prints it. */
function vapidKeys(): { publicKey: string; privateKey: string; subject: string } {
  const {
    d = '',
    x = '',
    y = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { publicKey: point.toString('base64url'), privateKey: d, subject: 'mailto:ops@example.com' };
}

describe('native processors', () => {
  let workshop: Workshop;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let storage: string;

  beforeEach(async () => {
    workshop = new Workshop();
    folder = await temporaryFolder();
    storage = `file:${folder.path}/files`;
    await mkdir(join(folder.path, 'files', 'uploads'), { recursive: true });
    await writeFile(join(folder.path, 'files', 'uploads', '1.jpg'), await jpeg(640, 480));
  });
  afterEach(async () => {
    await workshop.close();
    await folder.remove();
  });

  async function ended(worker: ReturnType<Workshop['work']>, name: string, data: unknown): Promise<Job> {
    const end = Promise.race([once(worker, 'completed'), once(worker, 'failed')]);
    await workshop.queue.add(name, data);
    return ((await end) as [Job])[0];
  }

  test('run jobs of their name in Rust, with events, log lines and progress', async () => {
    const stores = await sqliteStores(`sqlite:${folder.path}/rows.db`);
    await stores.files.save('file_1');
    const worker = workshop.work({ 'process-image': imageProcessor({ storage, stores }) });
    const told: unknown[] = [];
    worker.on('active', (job, prev) => told.push(['active', job.name, prev]));
    worker.on('log', (job, message, level) => told.push([level, job?.id, message]));
    worker.on('progress', (_job, progress) => told.push(progress));
    const job = await ended(worker, 'process-image', upload);
    expect(job.returnvalue).toMatchObject({
      compressedUrl: '/file_1-compressed.jpg',
      thumbnailUrl: '/file_1-thumbnail.jpg',
      compressedDimensions: { width: 640, height: 480 },
    });
    expect(told).toContainEqual(['active', 'process-image', 'waiting']);
    expect(told).toContainEqual(['info', '1', '🖼️ Processing image job 1 for file file_1']);
    expect(told).toContain(100);
    expect(await readdir(join(folder.path, 'files'))).toEqual(
      expect.arrayContaining(['file_1-compressed.jpg', 'file_1-thumbnail.jpg']),
    );
    await stores.close();
  });

  test('tell rows of stores that are written in JavaScript', async () => {
    const updates: [string, FileFields][] = [];
    const files = {
      update: (fileId: string, fields: FileFields) => {
        updates.push([fileId, fields]);
        return Promise.resolve();
      },
    };
    const worker = workshop.work({ 'process-image': imageProcessor({ storage, stores: { files } }) });
    await ended(worker, 'process-image', upload);
    const [[fileId, fields] = ['', undefined]] = updates;
    expect(fileId).toBe('file_1');
    expect(fields).toEqual({
      compressedUrl: '/file_1-compressed.jpg',
      thumbnailUrl: '/file_1-thumbnail.jpg',
      processed: true,
    });
  });

  test('fail the attempt when such a store fails', async () => {
    const files = { update: () => Promise.reject(new Error('database is away')) };
    const worker = workshop.work({ 'process-image': imageProcessor({ storage, stores: { files } }) });
    const job = await ended(worker, 'process-image', upload);
    expect(job.failedReason).toBe('the store failed to update a file: database is away');
  });

  test('do not mind what a store answers to a change, as a Prisma client does with the row', async () => {
    const row = () => Promise.resolve({ id: 'file_1', processed: true } as never);
    const stores = prismaStores({
      pushSubscription: { findMany: () => Promise.resolve([]), deleteMany: row },
      file: { update: row },
      user: { update: row },
    });
    const worker = workshop.work({ 'process-image': imageProcessor({ storage, stores }) });
    const job = await ended(worker, 'process-image', upload);
    expect(job.failedReason).toBeUndefined();
    expect(job.returnvalue).toMatchObject({ compressedUrl: '/file_1-compressed.jpg' });
  });

  test('find rows through a Prisma client', async () => {
    const rows: PushSubscription[] = [{ id: 's', userId: 'user_1', endpoint: 'e', p256dh: 'k', auth: 'a' }];
    const calls: unknown[] = [];
    const record = (result: unknown) => (args: unknown) => {
      calls.push(args);
      return Promise.resolve(result as never);
    };
    const stores = prismaStores({
      pushSubscription: { findMany: record(rows), deleteMany: record({ count: 1 }) },
      file: { update: record({}) },
      user: { update: record({}) },
    });
    expect(await stores.subscriptions.findByUser(['user_1'])).toEqual(rows);
    await stores.subscriptions.remove(['s']);
    await stores.files.update('f', { compressedUrl: 'c', thumbnailUrl: 't', processed: true });
    await stores.users.update('u', { avatar: 'a' });
    expect(calls).toEqual([
      { where: { userId: { in: ['user_1'] } } },
      { where: { id: { in: ['s'] } } },
      { where: { id: 'f' }, data: { compressedUrl: 'c', thumbnailUrl: 't', processed: true } },
      { where: { id: 'u' }, data: { avatar: 'a' } },
    ]);
  });

  test('can be called from a processor of one’s own', async () => {
    const stores = await sqliteStores(`sqlite:${folder.path}/rows.db`);
    await stores.files.save('file_1');
    configure({ images: { storage, stores }, push: { vapid: vapidKeys(), stores } });
    const worker = workshop.work(async (job: Job) => {
      switch (job.name) {
        case 'process-image':
          return processImage(job);
        case 'push-notification':
          return processPushNotification(job);
        default:
          throw new Error(`Unknown job type: ${job.name}`);
      }
    });
    const lines: string[] = [];
    worker.on('log', (_job, message) => lines.push(message));
    const image = await ended(worker, 'process-image', upload);
    expect(image.returnvalue).toMatchObject({ compressedUrl: '/file_1-compressed.jpg' });
    expect(image.progress).toBe(100);
    const push = await ended(worker, 'push-notification', { userId: 'nobody', payload: { title: 'a', body: 'b' } });
    expect(push.returnvalue).toEqual({ sent: 0, total: 0 });
    expect(lines).toEqual([
      '🖼️ Processing image job 1 for file file_1',
      '✅ Image processing job 1 completed',
      '📤 Processing push notification job 2 for user nobody',
      'No subscriptions found for user nobody',
    ]);
    await stores.close();
  });

  test('write the lines of the document to the console where the worker has no listener of `log`', async () => {
    const written: unknown[][] = [];
    const spies = (['log', 'error'] as const).map((level) =>
      jest.spyOn(console, level).mockImplementation((...line: unknown[]) => written.push([level, ...line])),
    );
    const stores = { files: { update: () => Promise.resolve() } };
    const worker = workshop.work({ 'process-image': imageProcessor({ storage, stores }) });
    await ended(worker, 'process-image', upload);
    await ended(worker, 'process-image', { fileId: 'x\n✅ forged\u001b[2J', filePath: 'none.jpg' });
    for (const spy of spies) spy.mockRestore();
    expect(written).toEqual([
      ['log', '🖼️ Processing image job 1 for file file_1'],
      ['log', '✅ Image processing job 1 completed'],
      ['log', expect.stringMatching(/^🖼️ Processing image job 2 for file x\\n✅ forged\\u001b\[2J$/u) as string],
      ['error', expect.stringMatching(/^Error processing image job 2: .*none\.jpg/u) as string],
    ]);
  });

  test('called that way fail with their code, and are not retried when that is pointless', async () => {
    configure({ images: { storage, stores: { files: { update: () => Promise.resolve() } } } });
    const worker = workshop.work(processImage);
    const failed = once(worker, 'failed');
    await workshop.queue.add('process-image', { ...upload, filePath: '../../etc/passwd' }, { attempts: 5 });
    const [job, error] = (await failed) as [Job, Error];
    expect(error).toMatchObject({ name: 'UnrecoverableError', code: 'PATH_OUTSIDE_STORAGE' });
    expect(job.finishedOn).toBeDefined();
  });

  test('say what is wrong with their options', async () => {
    expect(() => imageProcessor({ storage: 'ftp://host' })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_STORAGE' }) as Error,
    );
    expect(() => pushProcessors({ vapid: { publicKey: 'x', privateKey: 'y', subject: 'z' } })).toThrow(
      expect.objectContaining({ code: 'INVALID_VAPID_PUBLIC_KEY' }) as Error,
    );
    await expect(sqliteStores('oracle://host/db')).rejects.toMatchObject({ code: 'UNSUPPORTED_DATABASE' });
  });
});
