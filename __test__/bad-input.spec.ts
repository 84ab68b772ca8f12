import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { QueueService, type Job } from '..';
import { temporaryFolder } from './support/folder';
import { headerBomb, jpeg } from './support/images';
import { redisUrl, uniquePrefix } from './support/redis';
import { RedisServer } from './support/redis-server';
import { until } from './support/until';
import { CommandProcess } from './support/worker-process';

const silent = { log: () => undefined, error: () => undefined };
/** A failure that could be temporary is not worth waiting for here. */
const once = { attempts: 1 };

describe('the worker under bad input', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let service: QueueService;
  let worker: CommandProcess;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await mkdir(join(folder.path, 'in'));
    const good = await jpeg(800, 600);
    const files = {
      'good.jpg': good,
      'truncated.jpg': good.subarray(0, good.length / 2),
      'bomb.jpg': await headerBomb(30_000, 30_000),
      'text.jpg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'empty.jpg': Buffer.alloc(0),
    };
    await Promise.all(Object.entries(files).map(([name, bytes]) => writeFile(join(folder.path, 'in', name), bytes)));
    const prefix = uniquePrefix();
    service = new QueueService({ connection: { url: redisUrl() }, prefix, logger: silent });
    worker = await CommandProcess.startWorker({
      REDIS_URL: redisUrl(),
      QUEUE_PREFIX: prefix,
      WORKER_QUEUES: 'file-processing',
      STORAGE_URL: `file:${folder.path}`,
      DATABASE_URL: `sqlite:${join(folder.path, 'rows.db')}`,
      LOG_FORMAT: 'json',
    });
  });
  afterAll(async () => {
    await worker.kill();
    await service.close();
    await folder.remove();
  });

  const convert = (filePath: string) => {
    const outputPath = `out/${filePath.replaceAll('/', '_')}.jpg`;
    return service.addImageProcessing({ filePath, outputPath }, once);
  };

  /** Runs a bad job between two good ones and returns how the bad one ended. */
  async function failureOf(add: () => Promise<Job>): Promise<Record<string, unknown>> {
    const [before, job, after] = await Promise.all([convert('in/good.jpg'), add(), convert('in/good.jpg')]);
    const isEnd = (entry: Record<string, unknown>) =>
      entry['queue'] === job.queueName && entry['jobId'] === job.id && entry['isFinal'] === true;
    const failure = await until(`the failure of ${job.name} ${job.id}`, () => worker.entries('failed').find(isEnd));
    const good = await Promise.all([before.waitUntilFinished(), after.waitUntilFinished()]);
    expect(good).toMatchObject([{ outputPath: 'out/in_good.jpg.jpg' }, { outputPath: 'out/in_good.jpg.jpg' }]);
    expect(worker.isRunning).toBe(true);
    expect(await job.getState()).toBe('failed');
    return failure;
  }

  test.each([
    ['a missing file', 'in/missing.jpg', 'FILE_NOT_FOUND', 'file `in/missing.jpg` does not exist in the storage'],
    ['a truncated JPEG', 'in/truncated.jpg', 'CORRUPT_IMAGE', 'corrupt image'],
    ['a header of 30000x30000', 'in/bomb.jpg', 'IMAGE_TOO_LARGE', '30000x30000'],
    ['a path outside of the storage', '../../etc/passwd', 'PATH_OUTSIDE_STORAGE', 'outside of the storage'],
    ['an SVG named .jpg', 'in/text.jpg', 'UNSUPPORTED_FORMAT', 'unsupported image'],
    ['an empty file', 'in/empty.jpg', 'UNSUPPORTED_FORMAT', 'unsupported image'],
  ])('%s fails its own job only', async (_, filePath, code, reason) => {
    const failure = await failureOf(() => convert(filePath));
    expect(failure).toMatchObject({ code, message: expect.stringContaining(reason) as string });
  });

  test('text named .mp4 fails its own job only', async () => {
    const failure = await failureOf(() => service.addVideoProcessing({ fileId: 'f', filePath: 'in/text.jpg' }));
    expect(failure).toMatchObject({ code: 'UNSUPPORTED_FORMAT', attemptsMade: 1 });
  });

  test('a picture of a user whose id leaves the storage fails its own job only', async () => {
    const failure = await failureOf(() =>
      service.addAvatarOptimization({ filePath: 'in/good.jpg', userId: '../../u' }),
    );
    expect(failure).toMatchObject({ code: 'PATH_OUTSIDE_STORAGE', attemptsMade: 1 });
  });

  test('an unknown job name fails its own job only', async () => {
    const queue = service.queue('file-processing');
    const failure = await failureOf(() => queue.add('compress-image', {}, once));
    expect(failure['message']).toMatch(/^❌ Job \d+ failed: Unknown job type: compress-image$/);
  });

  test('job data without the fields it needs fails its own job only', async () => {
    const failure = await failureOf(() => service.addImageProcessing({} as never, once));
    expect(failure).toMatchObject({ code: 'INVALID_JOB_DATA' });
  });

  test('after all of this the worker stops in order and has left no temporary file behind', async () => {
    expect(await worker.stop()).toBe(0);
    expect(worker.errors).toEqual([]);
    expect(await readdir(join(folder.path, 'out'))).toEqual(['in_good.jpg.jpg']);
  });
});

describe('the worker while Redis is down', () => {
  test('stays alive and goes on when Redis is back', async () => {
    const folder = await temporaryFolder();
    const server = await RedisServer.start();
    const service = new QueueService({ connection: { url: server.url }, logger: silent });
    const worker = await CommandProcess.startWorker({
      REDIS_URL: server.url,
      WORKER_QUEUES: 'file-processing',
      STORAGE_URL: `file:${folder.path}`,
      DATABASE_URL: `sqlite:${join(folder.path, 'rows.db')}`,
    });
    try {
      await writeFile(join(folder.path, 'good.jpg'), await jpeg(80, 60));
      await server.kill();
      await until('the worker to notice', () => worker.lines.some((line) => line.includes('ECONNREFUSED')));
      expect(worker.isRunning).toBe(true);

      await server.restart();
      const job = await service.addImageProcessing({ filePath: 'good.jpg', outputPath: 'small.jpg' });
      await worker.line(`✅ Job ${job.id} completed`);
      expect(await worker.stop()).toBe(0);
    } finally {
      await worker.kill();
      await service.close();
      await server.stop();
      await folder.remove();
    }
  });
});
