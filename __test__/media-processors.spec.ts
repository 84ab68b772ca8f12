import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import sharp from 'sharp';

import {
  avatarProcessor,
  configure,
  imageProcessors,
  optimizeAvatar,
  processVideo,
  QueueService,
  sqliteStores,
  videoProcessor,
  type Job,
} from '..';
import { temporaryFolder } from './support/folder';
import { jpeg } from './support/images';
import { redisUrl, uniquePrefix } from './support/redis';
import { clip } from './support/videos';
import { CommandProcess } from './support/worker-process';
import { Workshop } from './support/workshop';

const silent = { log: () => undefined, error: () => undefined };
const picture = { filePath: 'uploads/1.jpg', userId: 'user_1' };
const recording = { fileId: 'file_1', filePath: 'uploads/1.avi', userId: 'user_1' };

describe('avatars and videos', () => {
  let workshop: Workshop;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let storage: string;

  beforeEach(async () => {
    workshop = new Workshop();
    folder = await temporaryFolder();
    storage = `file:${folder.path}/files`;
    await mkdir(join(folder.path, 'files', 'uploads'), { recursive: true });
    await writeFile(join(folder.path, 'files', picture.filePath), await jpeg(640, 480));
    await clip(join(folder.path, 'files', recording.filePath), 1, '-c:v', 'mpeg4');
  });
  afterEach(async () => {
    await workshop.close();
    await folder.remove();
  });

  async function ended(
    worker: ReturnType<Workshop['work']>,
    name: string,
    data: unknown,
  ): Promise<Job<unknown, unknown>> {
    const end = Promise.race([once(worker, 'completed'), once(worker, 'failed')]);
    await workshop.queue.add(name, data);
    return ((await end) as [Job<unknown, unknown>])[0];
  }

  test('an avatar comes in every size, and the user is told of the largest', async () => {
    const updates: unknown[] = [];
    const users = { update: (id: string, fields: unknown) => Promise.resolve(updates.push([id, fields])) };
    const worker = workshop.work({ 'optimize-avatar': avatarProcessor({ storage, stores: { users } }) });
    const { returnvalue } = await ended(worker, 'optimize-avatar', picture);
    expect(returnvalue).toMatchObject({
      avatarUrl: '/avatars/user_1-512.webp',
      sizes: {
        32: '/avatars/user_1-32.webp',
        64: '/avatars/user_1-64.webp',
        128: '/avatars/user_1-128.webp',
        256: '/avatars/user_1-256.webp',
        512: '/avatars/user_1-512.webp',
      },
      originalSize: expect.any(Number) as number,
      compressedSize: expect.any(Number) as number,
      savings: expect.any(Number) as number,
    });
    expect(updates).toEqual([['user_1', { avatar: '/avatars/user_1-512.webp' }]]);
    const shown = await sharp(await readFile(join(folder.path, 'files/avatars/user_1-64.webp'))).metadata();
    expect(shown).toMatchObject({ format: 'webp', width: 64, height: 64 });
  });

  test.each(['jpeg', 'webp', 'avif'] as const)('avatars can be %s of other sizes', async (format) => {
    const users = { update: () => Promise.resolve() };
    const { avatar } = imageProcessors({ storage, stores: { users }, avatars: { sizes: [48], format } });
    const { returnvalue } = await ended(workshop.work({ 'optimize-avatar': avatar }), 'optimize-avatar', picture);
    const { avatarUrl } = returnvalue as { avatarUrl: string };
    const shown = await sharp(await readFile(join(folder.path, 'files', avatarUrl))).metadata();
    expect(shown).toMatchObject({ format: format === 'avif' ? 'heif' : format, width: 48, height: 48 });
  });

  test('a recording becomes a video with a poster, and its file is told', async () => {
    const updates: unknown[] = [];
    const files = { update: (id: string, fields: unknown) => Promise.resolve(updates.push([id, fields])) };
    const processor = videoProcessor({ storage, stores: { files } });
    expect(processor.missing).toBeNull();
    const { returnvalue, progress } = await ended(
      workshop.work({ 'process-video': processor }),
      'process-video',
      recording,
    );
    expect(returnvalue).toMatchObject({
      videoUrl: '/file_1-compressed.mp4',
      posterUrl: '/file_1-poster.jpg',
      width: 320,
      height: 240,
    });
    expect(progress).toBe(100);
    const fields = { compressedUrl: '/file_1-compressed.mp4', thumbnailUrl: '/file_1-poster.jpg', processed: true };
    expect(updates).toEqual([['file_1', fields]]);
    const poster = await sharp(await readFile(join(folder.path, 'files/file_1-poster.jpg'))).metadata();
    expect(poster).toMatchObject({ format: 'jpeg', width: 320, height: 240 });
  });

  test('both can be called from a processor of one’s own', async () => {
    const stores = await sqliteStores(`sqlite:${folder.path}/rows.db`);
    await Promise.all([stores.files.save('file_1'), stores.users.save('user_1')]);
    configure({ images: { storage, stores }, videos: { storage, stores } });
    const worker = workshop.work(async (job: Job) => {
      switch (job.name) {
        case 'process-video':
          return processVideo(job);
        case 'optimize-avatar':
          return optimizeAvatar(job);
        default:
          throw new Error(`Unknown job type: ${job.name}`);
      }
    });
    const video = await ended(worker, 'process-video', recording);
    expect(video.returnvalue).toMatchObject({ videoUrl: '/file_1-compressed.mp4' });
    const avatar = await ended(worker, 'optimize-avatar', picture);
    expect(avatar.returnvalue).toMatchObject({ avatarUrl: '/avatars/user_1-512.webp' });
    await stores.close();
  });

  test('a video that is cancelled stops', async () => {
    await clip(join(folder.path, 'files', 'long.avi'), 30, '-c:v', 'mpeg4');
    const files = { update: () => Promise.resolve() };
    const worker = workshop.work({ 'process-video': videoProcessor({ storage, stores: { files } }) });
    const [progressed, failed] = [once(worker, 'progress'), once(worker, 'failed')];
    const job = await workshop.queue.add('process-video', { fileId: 'file_1', filePath: 'long.avi' });
    await progressed;
    worker.cancelJob(job.id ?? '');
    const [, error] = (await failed) as [Job, Error];
    expect(error.message).toMatch(/cancel/i);
  });

  test('without ffmpeg a job fails with a code that says so', async () => {
    const files = { update: () => Promise.resolve() };
    const processor = videoProcessor({ storage, stores: { files }, ffmpeg: '/no/ffmpeg' });
    expect(processor.missing).toBe('`/no/ffmpeg` was not found: videos need ffmpeg and ffprobe');
    configure({ videos: { storage, stores: { files }, ffmpeg: '/no/ffmpeg' } });
    const worker = workshop.work(processVideo);
    const failed = once(worker, 'failed');
    await workshop.queue.add('process-video', recording);
    expect((await failed)[1]).toMatchObject({ code: 'FFMPEG_NOT_FOUND' });
  });

  test('options out of range are refused by name', () => {
    const error = (message: string) => expect.objectContaining({ code: 'INVALID_OPTION', message }) as Error;
    expect(() => avatarProcessor({ storage, sizes: [0] })).toThrow(
      error('`sizes` must be 1 to 16 whole numbers from 1 to 4096, got [0]'),
    );
    expect(() => videoProcessor({ storage, concurrency: 0 })).toThrow(error('`concurrency` must be 1 or more, got 0'));
  });
});

describe('the command', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeEach(async () => {
    folder = await temporaryFolder();
    await writeFile(join(folder.path, '1.jpg'), await jpeg(640, 480));
    await clip(join(folder.path, '1.avi'), 1, '-c:v', 'mpeg4');
  });
  afterEach(async () => {
    await folder.remove();
  });

  const environment = (prefix: string) => ({
    REDIS_URL: redisUrl(),
    QUEUE_PREFIX: prefix,
    WORKER_QUEUES: 'file-processing',
    STORAGE_URL: `file:${folder.path}`,
    DATABASE_URL: `sqlite:${join(folder.path, 'rows.db')}`,
  });

  test('works on avatars and videos', async () => {
    const prefix = uniquePrefix();
    const service = new QueueService({ connection: { url: redisUrl() }, prefix, logger: silent });
    const worker = await CommandProcess.startWorker(environment(prefix));
    const stores = await sqliteStores(`sqlite:${join(folder.path, 'rows.db')}`);
    await Promise.all([stores.files.save('file_1'), stores.users.save('user_1')]);
    const [avatar, video] = await Promise.all([
      service.addAvatarOptimization({ filePath: '1.jpg', userId: 'user_1' }),
      service.addVideoProcessing({ fileId: 'file_1', filePath: '1.avi' }),
    ]);
    expect(await avatar.waitUntilFinished()).toMatchObject({ avatarUrl: '/avatars/user_1-512.webp' });
    expect(await video.waitUntilFinished()).toMatchObject({ videoUrl: '/file_1-compressed.mp4' });
    await stores.close();
    await service.close();
    expect(await worker.stop()).toBe(0);
  });

  test('says at its start that there is no ffmpeg', async () => {
    await symlink('/bin/sh', join(folder.path, 'sh'));
    const worker = await CommandProcess.startWorker({ ...environment(uniquePrefix()), PATH: folder.path });
    expect(worker.lines).toContainEqual(expect.stringContaining('`ffmpeg` was not found') as string);
    await worker.stop();
  });
});
