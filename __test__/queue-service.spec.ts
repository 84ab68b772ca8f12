import { Redis } from 'ioredis';

import {
  BUILT_IN_QUEUES,
  InvalidJobDataError,
  QueueService,
  QueueUnavailableError,
  type Job,
  type Logger,
  type LogMeta,
} from '..';
import { redisUrl, uniquePrefix } from './support/redis';
import { RedisServer } from './support/redis-server';
import { until } from './support/until';

/** Keeps what it is told. */
class Recorder implements Logger {
  readonly lines: [message: string, meta: LogMeta | undefined][] = [];
  readonly errors: [message: string, error: unknown, meta: LogMeta | undefined][] = [];

  log(message: string, meta?: LogMeta): void {
    this.lines.push([message, meta]);
  }

  error(message: string, error?: unknown, meta?: LogMeta): void {
    this.errors.push([message, error, meta]);
  }
}

const payload = { title: 'New message', body: 'Hello', url: '/chat/1' };
const upload = { fileId: 'file_1', filePath: '/uploads/1.jpg', userId: 'user_1' };

describe('QueueService', () => {
  const connection = { url: redisUrl() };
  let logger: Recorder;
  let service: QueueService;

  beforeEach(() => {
    logger = new Recorder();
    service = new QueueService({ connection, prefix: uniquePrefix(), logger });
  });
  afterEach(() => service.close());

  const push = { queue: 'push-notifications', name: 'push-notification' };
  const files = { queue: 'file-processing' };
  const avatar = { ...files, name: 'optimize-avatar', line: 'Avatar optimization', meta: { userId: 'user_1' } };
  const kinds: { method: string; add: () => Promise<Job>; queue: string; name: string; line: string; meta: LogMeta }[] =
    [
      {
        ...push,
        method: 'addPushNotification',
        add: () => service.addPushNotification({ userId: 'user_1', payload }),
        line: 'Push notification',
        meta: { userId: 'user_1' },
      },
      {
        ...push,
        method: 'addBatchPushNotification',
        add: () => service.addBatchPushNotification({ users: ['user_1', 'user_2'], payload }),
        name: 'batch-push-notification',
        line: 'Batch push notification',
        meta: { users: 2 },
      },
      {
        ...files,
        method: 'addImageProcessing',
        add: () => service.addImageProcessing(upload),
        name: 'process-image',
        line: 'Image processing',
        meta: { fileId: 'file_1' },
      },
      {
        ...files,
        method: 'addVideoProcessing',
        add: () => service.addVideoProcessing({ filePath: 'a.mov', outputPath: 'a.mp4' }),
        name: 'process-video',
        line: 'Video processing',
        meta: { filePath: 'a.mov' },
      },
      {
        ...avatar,
        method: 'addAvatarOptimization',
        add: () => service.addAvatarOptimization({ filePath: 'a.png', userId: 'user_1' }),
      },
      {
        ...avatar,
        method: 'addOptimizeAvatar',
        add: () => service.addOptimizeAvatar({ filePath: 'a.png', userId: 'user_1' }),
      },
      {
        method: 'addEmail',
        add: () => service.addEmail({ to: 'ann@example.com', subject: 'Welcome', body: '<p>Hello</p>' }),
        queue: 'email',
        name: 'send-email',
        line: 'Email',
        meta: { to: 'ann@example.com' },
      },
    ];

  test.each(kinds)(
    '$method adds its job and logs the line of the document',
    async ({ add, queue, name, line, meta }) => {
      const job = await add();
      expect([job.queueName, job.name]).toEqual([queue, name]);
      expect(logger.lines).toEqual([[`✅ ${line} job added: ${job.id}`, { component: 'QueueService', ...meta }]]);
    },
  );

  test('jobs get the options of their queue, and their own win', async () => {
    const push = await service.addPushNotification({ userId: 'user_1', payload }, { attempts: 7, delay: 60_000 });
    const image = await service.addImageProcessing(upload);
    const storedPush = await service.queue('push-notifications').getJob(push.id ?? '');
    const storedImage = await service.queue('file-processing').getJob(image.id ?? '');
    expect(storedPush?.opts).toMatchObject({
      attempts: 7,
      delay: 60_000,
      backoff: { type: 'exponential', delay: 2000 },
      removeOnComplete: { age: 86_400, count: 1000 },
      removeOnFail: { age: 604_800 },
    });
    expect(storedPush?.opts.priority ?? 0).toBe(0);
    expect(storedImage?.opts).toMatchObject({
      attempts: 2,
      backoff: { type: 'exponential', delay: 5000 },
      removeOnComplete: { age: 604_800, count: 500 },
      removeOnFail: { age: 604_800 },
    });
  });

  test('`queues` replaces single options', async () => {
    const own = new QueueService({ connection, logger, queues: { email: { attempts: 9 } }, prefix: uniquePrefix() });
    const job = await own.addEmail({ to: 'ann@example.com', subject: 'Hello', body: '' });
    expect(job.opts).toMatchObject({ ...BUILT_IN_QUEUES.email.defaultJobOptions, attempts: 9 });
    await own.close();
  });

  test('a logger alone is accepted', async () => {
    const own = new QueueService(logger);
    await own.close();
    await expect(own.addPushNotification({ userId: 'user_1', payload })).rejects.toThrow('the queue service is closed');
    expect(logger.errors).toMatchObject([
      ['Failed to add push notification job:', expect.any(Error), { component: 'QueueService', userId: 'user_1' }],
    ]);
  });

  test('without a connection, Redis is where the environment says', async () => {
    const { hostname, port } = new URL(redisUrl());
    for (const environment of [{ REDIS_URL: redisUrl() }, { REDIS_HOST: hostname, REDIS_PORT: port }]) {
      const inherited = { ...process.env };
      Object.assign(process.env, environment);
      const own = new QueueService(logger);
      expect(await own.queue('email').getJobCounts('active')).toEqual({ active: 0 });
      await own.close();
      process.env = inherited;
    }
  });

  test('a wrong variable rejects the add that needs it, by its name', async () => {
    const inherited = { ...process.env };
    process.env['REDIS_URL'] = 'http://user:secret@localhost';
    const own = new QueueService(logger);
    await expect(own.addEmail({ to: 'ann@example.com', subject: '', body: '' })).rejects.toThrow(
      'REDIS_URL must be a URL that begins with redis://, rediss:// or unix://',
    );
    process.env = inherited;
  });

  test('bytes in job data are refused and stored nowhere', async () => {
    const data = { ...upload, fileBuffer: Buffer.alloc(10) };
    await expect(service.addImageProcessing(data)).rejects.toThrow(
      'job data must not contain bytes (Buffer at `data.fileBuffer`): write them to a file and pass its path',
    );
    await expect(service.addImageProcessing(data)).rejects.toBeInstanceOf(InvalidJobDataError);
    await expect(service.addImageProcessing({ ...upload, nested: [new Uint8Array(3)] } as never)).rejects.toThrow(
      'Uint8Array at `data.nested[0]`',
    );
    expect(await service.queue('file-processing').count()).toBe(0);
    expect(logger.errors[0]?.[0]).toBe('Failed to add image processing job:');
  });

  test('data above 1 MiB is refused unless the job allows more', async () => {
    const large = { userId: 'user_1', payload: { title: 'Large', body: 'x'.repeat(1024 * 1024) } };
    await expect(service.addPushNotification(large)).rejects.toThrow(
      'The size of job push-notification exceeds the limit 1048576 bytes',
    );
    const job = await service.addPushNotification(large, { sizeLimit: 2 * 1024 * 1024 });
    expect(await job.getState()).toBe('waiting');
  });

  test('an option that cannot work is refused for its own job only', async () => {
    const [refused, added] = await Promise.allSettled([
      service.addPushNotification({ userId: 'user_1', payload }, { jobId: '12' }),
      service.addPushNotification({ userId: 'user_2', payload }),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { message: 'Custom Id cannot be integers' } });
    expect(added.status).toBe('fulfilled');
  });

  test('getStats counts the jobs of all queues', async () => {
    await service.addPushNotification({ userId: 'user_1', payload });
    await service.addPushNotification({ userId: 'user_2', payload }, { delay: 60_000 });
    await service.addEmail({ to: 'ann@example.com', subject: 'Hello', body: '' });
    const stats = await service.getStats();
    expect(stats).toMatchObject({
      'push-notifications': { waiting: 1, delayed: 1, active: 0, completed: 0, failed: 0 },
      'file-processing': { waiting: 0, delayed: 0 },
      email: { waiting: 1 },
    });
  });

  test('queue answers the same queue every time, and close works twice', async () => {
    expect(service.queue('email')).toBe(service.queue('email'));
    await Promise.all([service.close(), service.close()]);
    expect(() => service.queue('email')).toThrow('the queue service is closed');
  });
});

describe('QueueService and its server', () => {
  let server: RedisServer;

  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.stop());

  /** Asks the server with a client of its own. */
  async function ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(server.url);
    try {
      return await question(redis);
    } finally {
      await redis.quit();
    }
  }

  test('jobs added in one turn travel in one script call', async () => {
    const service = new QueueService({ connection: { url: server.url }, logger: new Recorder() });
    await service.addPushNotification({ userId: 'user_0', payload });
    await ask((redis) => redis.config('RESETSTAT'));
    const recipients = [...Array(100).keys()].map((index) => `user_${index}`);
    const jobs = await Promise.all(recipients.map((userId) => service.addPushNotification({ userId, payload })));
    const statistics = await ask((redis) => redis.info('commandstats'));
    expect(new Set(jobs.map((job) => job.id)).size).toBe(100);
    expect(statistics).toMatch(/cmdstat_evalsha:calls=1,/);
    await service.close();
  });

  test('of many adds that wait for others, one half is on its way while the other half is made', async () => {
    const service = new QueueService({ connection: { url: server.url }, logger: new Recorder() });
    await service.addPushNotification({ userId: 'user_0', payload });
    await ask((redis) => redis.config('RESETSTAT'));
    const lanes = [...Array(100).keys()].map(async (index) => {
      const first = await service.addPushNotification({ userId: `user_${index}`, payload });
      const second = await service.addPushNotification({ userId: `user_${index}`, payload });
      return [first.id, second.id];
    });
    const ids = (await Promise.all(lanes)).flat();
    const statistics = await ask((redis) => redis.info('commandstats'));
    expect(new Set(ids).size).toBe(200);
    expect(statistics).toMatch(/cmdstat_evalsha:calls=3,/);
    await service.close();
  });

  test('a service per request opens no connection of its own', async () => {
    const requests = [...Array(50).keys()].map(async (index) => {
      const service = new QueueService({ connection: { url: server.url }, logger: new Recorder() });
      await service.addPushNotification({ userId: `user_${index}`, payload });
      return service;
    });
    const services = await Promise.all(requests);
    const clients = String(await ask((redis) => redis.client('LIST')))
      .trim()
      .split('\n');
    // The other one asks.
    expect(clients).toHaveLength(2);
    await Promise.all(services.map((service) => service.close()));
  });

  test('while Redis is down adds are rejected by the deadline, then work again', async () => {
    const logger = new Recorder();
    const service = new QueueService({ connection: { url: server.url }, logger, deadlineMs: 300 });
    await service.addPushNotification({ userId: 'user_1', payload });
    await server.kill();

    const started = Date.now();
    const adds = [...Array(500).keys()].map((index) =>
      service.addPushNotification({ userId: `user_${index}`, payload }).catch((error: unknown) => error),
    );
    const errors = await Promise.all(adds);
    const elapsed = Date.now() - started;

    expect(errors.every((error) => error instanceof QueueUnavailableError)).toBe(true);
    expect(errors[0]).toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(elapsed).toBeGreaterThanOrEqual(290);
    expect(logger.errors.filter(([message]) => message === 'Failed to add push notification job:')).toHaveLength(500);

    await server.restart();
    await until('an add to work again', () =>
      service.addPushNotification({ userId: 'user_2', payload }).catch(() => undefined),
    );
    await service.close();
  });

  test('a service that never reached Redis is rejected by the deadline and closes at once', async () => {
    await server.kill();
    const service = new QueueService({ connection: { url: server.url }, logger: new Recorder(), deadlineMs: 200 });
    await expect(service.addEmail({ to: 'ann@example.com', subject: '', body: '' })).rejects.toBeInstanceOf(
      QueueUnavailableError,
    );
    await expect(service.close()).resolves.toBeUndefined();
  });
});
