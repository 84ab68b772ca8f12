import { EventEmitter, once } from 'node:events';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import sharp from 'sharp';

import { configure, imageProcessor, JobTimeoutError, processImage, type Job, type Worker } from '..';
import { temporaryFolder } from './support/folder';
import { jpeg } from './support/images';
import { Workshop } from './support/workshop';

const PHOTO = join(__dirname, '..', 'crates', 'processors', 'tests', 'fixtures', 'hubble_deep_field.jpg');
/** 81 megapixels, progressive: decoding takes long, and cannot be shortened. */
const SIDE = 9000;
const upload = { fileId: 'file_1', filePath: 'uploads/large.jpg' };
/** What the application's store does; a test may let it wait. */
let update = (): Promise<void> => Promise.resolve();
const files = { update: () => update() };
/** For making the photo, and for decoding it on a machine that does other things as well. */
const PATIENCE_MS = 120_000;

describe('a large photo that is being processed', () => {
  let workshop: Workshop;
  let made: Awaited<ReturnType<typeof temporaryFolder>>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let storage: string;

  beforeAll(async () => {
    made = await temporaryFolder();
    const enlarged = sharp(PHOTO).resize(SIDE, SIDE, { fit: 'fill', kernel: 'linear' });
    await enlarged.jpeg({ progressive: true, quality: 60 }).toFile(join(made.path, 'large.jpg'));
  }, PATIENCE_MS);
  afterAll(() => made.remove());

  beforeEach(async () => {
    update = () => Promise.resolve();
    workshop = new Workshop();
    folder = await temporaryFolder();
    storage = `file:${folder.path}`;
    await mkdir(join(folder.path, 'uploads'));
    await copyFile(join(made.path, 'large.jpg'), join(folder.path, upload.filePath));
    await sharp(await jpeg(64, 48)).toFile(join(folder.path, 'uploads', 'small.jpg'));
  });
  afterEach(async () => {
    await workshop.close();
    await folder.remove();
  });

  function workNatively(): Worker {
    const processors = { 'process-image': imageProcessor({ storage, stores: { files } }) };
    return workshop.work(processors, { concurrency: 2 });
  }

  function workFromJavaScript(): Worker {
    configure({ images: { storage, stores: { files } } });
    const processor = (job: Job, token?: string, signal?: AbortSignal) => processImage(job, token, signal);
    return workshop.work(processor, { concurrency: 2 });
  }

  /** The job, once its file has been read and its pixels are worked on. */
  async function begun(worker: Worker): Promise<Job> {
    worker.on('log', () => undefined);
    const progressed = once(worker, 'progress');
    await workshop.queue.add('process-image', upload);
    return ((await progressed) as [Job])[0];
  }

  /** A worker that still holds memory or a core for the photo would never come to this one. */
  async function expectRoomForOthers(worker: Worker): Promise<void> {
    const completed = once(worker, 'completed');
    await workshop.queue.add('process-image', { filePath: 'uploads/small.jpg', outputPath: 'small.jpg' });
    const [job] = (await completed) as [Job];
    expect(job.returnvalue).toMatchObject({ outputPath: 'small.jpg' });
    expect((await readdir(folder.path)).sort()).toEqual(['small.jpg', 'uploads']);
  }

  async function expectCancelled(failed: Promise<unknown>): Promise<void> {
    const [job, error] = (await failed) as [Job, Error];
    expect(error).toMatchObject({ code: 'CANCELLED' });
    expect(await job.getState()).toBe('failed');
  }

  const ways: [string, () => Worker][] = [
    ['by a native processor', workNatively],
    ['by a processor in JavaScript that passes its signal on', workFromJavaScript],
  ];

  test.each(ways)(
    'stops when its worker cancels it: %s',
    async (_way, work) => {
      const worker = work();
      const failed = once(worker, 'failed');
      const { id = '' } = await begun(worker);
      expect(worker.cancelJob(id)).toBe(true);
      await expectCancelled(failed);
      await expectRoomForOthers(worker);
    },
    PATIENCE_MS,
  );

  test.each(ways)(
    'stops when another process cancels it through the queue, although the store keeps it waiting: %s',
    async (_way, work) => {
      const worker = work();
      const failed = once(worker, 'failed');
      const store = new EventEmitter();
      update = async () => {
        store.emit('waits');
        await once(store, 'goes on');
      };
      const waits = once(store, 'waits');
      const { id = '' } = await begun(worker);
      await waits;
      expect(await workshop.queue.cancel(id, 'the user left')).toBe(true);
      await expectCancelled(failed);
      store.emit('goes on');
    },
    PATIENCE_MS,
  );

  test.each(ways)(
    'fails when its time is over: %s',
    async (_way, work) => {
      const worker = work();
      const failed = once(worker, 'failed');
      // On a slow machine its time may be over before its file has been read.
      worker.on('log', () => undefined);
      await workshop.queue.add('process-image', upload, { timeout: 50 });
      const [job, error] = (await failed) as [Job, Error];
      expect(error).toBeInstanceOf(JobTimeoutError);
      expect(error.message).toBe(`job ${job.id ?? ''} did not end within its timeout of 50 ms`);
      expect(await job.getState()).toBe('failed');
      await expectRoomForOthers(worker);
    },
    PATIENCE_MS,
  );

  test(
    'leaves the event loop free',
    async () => {
      const worker = workNatively();
      const completed = once(worker, 'completed');
      await begun(worker);
      let turns = 0;
      const turn = () => {
        turns += 1;
        next = setImmediate(turn);
      };
      let next = setImmediate(turn);
      await completed;
      clearImmediate(next);
      // A decoder in the loop would let it turn a handful of times, between its stages.
      expect(turns).toBeGreaterThan(1000);
    },
    PATIENCE_MS,
  );
});
