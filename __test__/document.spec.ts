import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import sharp from 'sharp';

import { InvalidJobDataError, type Job, type Queue, type QueueService } from '..';
import { BLOCKS } from './document/blocks';
import { Deployment, type DocumentService, type Recorder } from './document/deployment';
import { modules, type Variant } from './document/modules';
import { until } from './support/until';

type Register = (name: string, service: unknown) => void;
type Route = (request?: Request) => Promise<Response>;
type Service = new (...dependencies: unknown[]) => Record<string, (...args: string[]) => Promise<void>>;

const payload = { title: 'New message', body: 'Hello' };

test('every line of every TypeScript block of the document is in the application', () => {
  const sources = Object.values(modules('own')).join('\n');
  const blocks = BLOCKS.filter(({ language }) => language === 'typescript');
  const lines = blocks.flatMap(({ code }) => code.split('\n')).map((line) => line.trim());
  expect(blocks).toHaveLength(26);
  // What the document leaves out is filled in.
  expect(lines.filter((line) => !line.includes('...') && !sources.includes(line))).toEqual([]);
});

/** Twice: with the code of the document on our `Queue` and `Worker`, and with our service and processors in the place of its own. */
describe.each<Variant>(['own', 'built-in'])('the application of the document, %s service and processors', (variant) => {
  let deployment: Deployment;
  let service: DocumentService;
  let worker: Deployment['worker'];

  beforeAll(async () => {
    deployment = await Deployment.start(variant);
    ({ service, worker } = deployment);
  }, 180_000);
  afterAll(() => deployment.stop());

  /** Subscribes browsers of a user, whose push service answers with the given statuses. */
  async function subscribe(userId: string, statuses: Record<string, number>): Promise<void> {
    for (const [name, status] of Object.entries(statuses)) {
      const { endpoint, keys } = deployment.receiver.subscribe(name, status);
      await deployment.database.client.pushSubscription.create({ data: { id: name, userId, endpoint, ...keys } });
    }
  }

  /** Messages that reached the browser of that name. */
  function received(name: string): unknown[] {
    const deliveries = deployment.receiver.deliveries.filter((delivery) => delivery.name === name);
    return deliveries.map((delivery) => JSON.parse(delivery.payload) as unknown);
  }

  /** The constructor of a service of the application. */
  async function serviceOf(name: string, file: string): Promise<Service> {
    const module = await deployment.app.load<Record<string, Service>>(`lib/services/${file}.js`);
    return module[name] as Service;
  }

  async function register(name: string, registered: unknown): Promise<void> {
    const { register: put } = await deployment.app.load<{ register: Register }>('lib/di.js');
    put(name, registered);
  }

  test('compiles, but for what the document leaves out', () => {
    expect(deployment.app.complaints).toEqual([
      // A job may be gone.
      "lib/monitoring.ts: 'job' is possibly 'undefined'.",
      // Bytes in a job: what the document warns of.
      expect.stringMatching(/^lib\/practices\.ts: .*'fileBuffer' does not exist in type 'ImageProcessingData'/),
      // An image without the id of its file.
      expect.stringMatching(/^lib\/practices\.ts: Argument of type '{ filePath: string; }' is not assignable/),
    ]);
  });

  test('a message that is posted reaches the browsers of the members, and the log says so in the lines of the document', async () => {
    await subscribe('user_456', { phone: 201, laptop: 201 });
    await deployment.numberNext(deployment.queues.pushNotificationQueue, 123);
    const MessageNotifications = await serviceOf('MessageNotificationService', 'message-notification.service');
    const members = ['user_1', 'user_456'].map((userId) => ({ userId }));
    const rooms = { findByIdWithRelations: () => Promise.resolve({ name: 'Garden', members }) };
    const notifications = new MessageNotifications(rooms, service, deployment.logger, {});
    await register('messageService', {
      createMessage: async (message: Record<'roomId' | 'senderId' | 'content', string>) => {
        await notifications['sendPushNotifications']?.(message.roomId, message.senderId, message.content, 'text');
        return message;
      },
    });
    const { POST } = await deployment.app.load<{ POST: Route }>('app/api/messages/route.js');
    const message = { roomId: 'garden', senderId: 'user_1', content: 'The dandelions are ready' };
    const body = JSON.stringify(message);
    const response = await POST(new Request('http://localhost/api/messages', { method: 'POST', body }));

    expect(await response.json()).toEqual({ message });
    await worker.line('✅ Job 123 completed');
    const pushed = { title: 'New message in Garden', body: message.content, url: '/chat/garden' };
    expect([received('phone'), received('laptop')]).toEqual([[pushed], [pushed]]);
    expect(worker.lines).toEqual(
      BLOCKS.find(({ code }) => code.startsWith('🔄'))
        ?.code.trim()
        .split('\n'),
    );
    expect(deployment.logger.lines).toEqual(['✅ Push notification job added: 123']);
  });

  test('a subscription that is gone is removed, and the job has a result', async () => {
    await subscribe('user_2', { tablet: 201, 'old tablet': 410 });
    const job = await service.addPushNotification({ userId: 'user_2', payload });
    expect(await job.waitUntilFinished()).toEqual({ sent: 1, failed: 1, total: 2 });
    const left = await deployment.database.client.pushSubscription.findMany({ where: { userId: 'user_2' } });
    expect(left.map(({ id }) => id)).toEqual(['tablet']);
    await worker.line('Removed invalid subscription old tablet');
  });

  test('the photo of an upload becomes a compressed image and a thumbnail', async () => {
    await deployment.database.client.file.create({ data: { id: 'file_1' } });
    const upload = { fileId: 'file_1', filePath: '/uploads/image.jpg', userId: 'user_1' };
    const job = await service.addImageProcessing(upload);
    expect(await job.waitUntilFinished()).toMatchObject({
      compressedUrl: '/file_1-compressed.jpg',
      thumbnailUrl: '/file_1-thumbnail.jpg',
    });
    const sizeOf = async (name: string) => {
      const { format, width, height } = await sharp(join(deployment.storage, name)).metadata();
      return { format, width, height };
    };
    expect(await sizeOf('file_1-thumbnail.jpg')).toEqual({ format: 'jpeg', width: 320, height: 240 });
    expect(await sizeOf('file_1-compressed.jpg')).toMatchObject({ format: 'jpeg', height: 1080 });
    const row = await deployment.database.client.file.findUniqueOrThrow({ where: { id: 'file_1' } });
    expect(row).toMatchObject({ thumbnailUrl: '/file_1-thumbnail.jpg', processed: true });
    await worker.line(`🖼️ Processing image job ${job.id ?? ''} for file file_1`);
    await worker.line(`✅ Image processing job ${job.id ?? ''} completed`);
  });

  test('a new user gets a welcome e-mail', async () => {
    const Users = await serviceOf('UserService', 'user.service');
    const users = { findById: () => Promise.resolve({ name: 'Ann', email: 'ann@example.com' }) };
    await new Users(users, service, deployment.logger)['sendWelcomeEmail']?.('user_1');
    const { mail, envelope } = await until('the e-mail', () => deployment.mail.received[0]);
    expect(envelope.to).toEqual(['ann@example.com']);
    expect(mail).toMatchObject({
      subject: 'Welcome to Synapse!',
      html: expect.stringContaining('<h1>Welcome Ann!</h1><p>Thanks for joining Synapse.</p>') as string,
    });
    expect(mail.from?.text).toContain('no-reply@example.com');
    await worker.line('📧 Processing email job 1 to ann@example.com');
    await worker.line('✅ Email job 1 completed');
    expect(deployment.logger.lines).toContain('Welcome email queued for user user_1');
  });

  test.each(['slow', 'fast'])('the %s route of the introduction queues its push message', async (name) => {
    await register('queueService', service);
    const module = await deployment.app.load<{ POST: Route; prepare: () => Promise<void> }>(`app/api/${name}/route.js`);
    await module.prepare();
    const sent = received('phone').length;
    expect(await (await module.POST()).json()).toMatchObject({ message: { content: 'Hello' } });
    await until('the message', () => received('phone').length > sent);
    expect(received('phone').at(-1)).toEqual({ title: 'New Message', body: 'Hello' });
  });

  test('the state, the progress and the result of a job can be asked for', async () => {
    const { status } = await deployment.app.load<{
      status: (service: DocumentService) => Promise<{ job: Job; state: string; progress: unknown; result: unknown }>;
    }>('lib/monitoring.js');
    const { job, state, progress, result } = await status(service);
    // The service of the document gives its push messages a priority.
    expect([variant === 'own' ? 'prioritized' : 'waiting', 'active', 'completed']).toContain(state);
    expect(progress).toBe(0);
    expect(result).toEqual({ sent: 2, failed: 0, total: 2 });
    expect(await job.getState()).toBe('completed');
  });

  test('failed jobs are counted, listed and retried', async () => {
    const queue = deployment.queues.pushNotificationQueue;
    const job = await queue.add('unheard of', {}, { attempts: 1 });
    await worker.line(`🔄 Worker: Processing job ${job.id ?? ''} of type unheard of`);
    await until('the failure', () => job.isFailed());
    const { stats } = await deployment.app.load<{
      stats: (id: string) => Promise<{ counts: Record<string, number>; failedJobs: Job[] }>;
    }>('lib/monitoring.js');
    const { counts, failedJobs } = await stats(job.id ?? '');
    expect(counts).toMatchObject({ active: 0, failed: 1, delayed: 0, waiting: 0 });
    expect(failedJobs.map(({ failedReason }) => failedReason)).toEqual(['Unknown job type: unheard of']);
    await until('the second run', () => {
      const runs = worker.lines.filter((line) => line.endsWith(`job ${job.id ?? ''} of type unheard of`));
      return runs.length === 2;
    });
    await until('the second failure', () => job.isFailed());
    await until('its error', () => worker.errors.join('\n').includes(`❌ Job ${job.id ?? ''} failed:`));
  });

  test('bull-board shows the queues where the document puts it', async () => {
    const { app } = await deployment.app.load<{ app: { listen(port: number, host: string): Server } }>(
      'backend/server.js',
    );
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/admin/queues/api/queues`);
    const { queues } = (await answer.json()) as { queues: { name: string }[] };
    expect(queues.map(({ name }) => name)).toEqual(['push-notifications', 'file-processing']);
    server.closeAllConnections();
    server.close();
  });
});

describe('the best practices of the document', () => {
  interface Practices {
    useQueueService(): Promise<void>;
    processed: Set<string>;
    processNotification(job: { data: { id: string } }): Promise<void>;
    processJob(job: { id: string; data: object }): Promise<unknown>;
    limitRetries(data: object): Promise<void>;
    retention: object;
    doNotWait(service: QueueService): Promise<Response>;
    doNotLoop(service: QueueService, users: { id: string }[]): Promise<void>;
    doNotStoreBytes(service: QueueService, bytes: Buffer): Promise<void>;
    storePath(service: QueueService): Promise<void>;
  }
  let deployment: Deployment;
  let practices: Practices;
  let service: QueueService;

  beforeAll(async () => {
    deployment = await Deployment.start('built-in');
    practices = await deployment.app.load<Practices>('lib/practices.js');
    service = deployment.service as QueueService;
    const { register } = await deployment.app.load<{ register: Register }>('lib/di.js');
    register('queueService', service);
  }, 180_000);
  afterAll(() => deployment.stop());

  /** The lines that the service logs while something is done. */
  async function logged(action: Promise<unknown>): Promise<Recorder['lines']> {
    const before = deployment.logger.lines.length;
    await action;
    return deployment.logger.lines.slice(before).map((line) => line.replace(/\d+$/, 'n'));
  }

  const pushes = (): Queue => deployment.queues.pushNotificationQueue;

  test('a queue service is enough', async () => {
    expect(await logged(practices.useQueueService())).toEqual(['✅ Push notification job added: n']);
  });

  test('processors can be run again, and fail by throwing', async () => {
    await practices.processNotification({ data: { id: '1' } });
    await practices.processNotification({ data: { id: '1' } });
    expect([...practices.processed]).toEqual(['1']);
    expect(await practices.processJob({ id: '1', data: {} })).toEqual({ success: true });
    await expect(practices.processJob({ id: '2', data: { isBroken: true } })).rejects.toThrow('broken');
  });

  test('jobs without a name take their own number of attempts', async () => {
    await pushes().pause();
    await practices.limitRetries({ userId: 'user_456' });
    const added = (await pushes().getWaiting()).filter(({ name }) => name === '__default__');
    await pushes().resume();
    expect(added).toHaveLength(1);
    expect(added[0]).toMatchObject({ data: { userId: 'user_456' }, opts: { attempts: 3 } });
  });

  test('retention is an option of jobs', async () => {
    const job = await pushes().add('push-notification', { userId: 'nobody', payload }, practices.retention);
    expect(job.opts.removeOnComplete).toEqual({ age: 86_400, count: 1000 });
  });

  test('a route may wait for its job, and need not', async () => {
    const lines = await logged(practices.doNotWait(service).then((response) => response.json()));
    expect(lines).toEqual(['✅ Push notification job added: n', '✅ Push notification job added: n']);
  });

  test('many users are one job', async () => {
    const lines = await logged(practices.doNotLoop(service, [{ id: 'a' }, { id: 'b' }]));
    const one = '✅ Push notification job added: n';
    expect(lines).toEqual([one, one, '✅ Batch push notification job added: n']);
  });

  test('bytes are refused, a path is not', async () => {
    const refused = practices.doNotStoreBytes(service, Buffer.alloc(10));
    await expect(refused).rejects.toBeInstanceOf(InvalidJobDataError);
    expect(await logged(practices.storePath(service))).toEqual(['✅ Image processing job added: n']);
  });
});
