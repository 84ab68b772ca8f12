import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import type { Queue, QueueService } from '../..';
import { PushReceiver } from '../../scripts/servers/push-receiver.cjs';
import { vapidKeys } from '../../scripts/servers/vapid.cjs';
import { temporaryFolder } from '../support/folder';
import { LineProcess } from '../support/line-process';
import { MailServer } from '../support/mail-server';
import { PrismaDatabase } from '../support/prisma-database';
import { RedisServer } from '../support/redis-server';
import { DocumentApplication } from './application';
import type { Variant } from './modules';

const PHOTO = join(__dirname, '..', '..', 'scripts', 'quickstart', 'dandelions.jpg');

/** What the document's `QueueService` has; the package's has more. */
export type DocumentService = Pick<QueueService, 'addPushNotification' | 'addImageProcessing' | 'addEmail'>;

/** The queues of the document. */
export type DocumentQueues = Record<'pushNotificationQueue' | 'fileProcessingQueue' | 'emailQueue', Queue>;

/** Log lines of the web application's side. */
export class Recorder {
  readonly lines: string[] = [];

  log(message: string): void {
    this.lines.push(message);
  }

  error(message: string, error?: unknown): void {
    this.lines.push(`${message} ${String(error)}`);
  }
}

/** What the application needs around it. */
interface Servers {
  redis: RedisServer;
  receiver: PushReceiver;
  mail: MailServer;
  database: PrismaDatabase;
}

/** The application of the document beside real servers, with its worker as a process of its own. */
export class Deployment {
  readonly logger = new Recorder();
  queues!: DocumentQueues;
  service!: DocumentService;
  worker!: LineProcess;
  readonly #closing: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly app: DocumentApplication,
    private readonly servers: Servers,
    /** Of the uploads and results. */
    readonly storage: string,
  ) {}

  get receiver(): PushReceiver {
    return this.servers.receiver;
  }

  get mail(): MailServer {
    return this.servers.mail;
  }

  get database(): PrismaDatabase {
    return this.servers.database;
  }

  static async start(variant: Variant): Promise<Deployment> {
    const { path, remove } = await temporaryFolder();
    const storage = join(path, 'files');
    await mkdir(join(storage, 'uploads'), { recursive: true });
    await copyFile(PHOTO, join(storage, 'uploads', 'image.jpg'));
    const servers = {
      redis: await RedisServer.start(),
      receiver: await PushReceiver.start(),
      mail: await MailServer.start(),
      database: await PrismaDatabase.create(),
    };
    const deployment = new Deployment(await DocumentApplication.build(variant), servers, storage);
    const authority = join(path, 'authority.pem');
    await writeFile(authority, `${deployment.receiver.ca}\n${deployment.mail.ca}`);
    await deployment.#run(authority);
    deployment.#closing.push(remove);
    return deployment;
  }

  /** Says what the id of the next job in that queue is. */
  async numberNext(queue: Queue, id: number): Promise<void> {
    const redis = new Redis(this.servers.redis.url);
    await redis.set(queue.toKey('id'), id - 1);
    await redis.quit();
  }

  async stop(): Promise<void> {
    const { pushNotificationQueue, fileProcessingQueue, emailQueue } = this.queues;
    await Promise.all([pushNotificationQueue, fileProcessingQueue, emailQueue].map((queue) => queue.close()));
    await (this.service as Partial<QueueService>).close?.();
    await this.worker.stop();
    const { database, mail, receiver, redis } = this.servers;
    await Promise.all([this.app.remove(), database.remove(), mail.close(), receiver.close(), redis.stop()]);
    for (const close of this.#closing) await close();
  }

  async #run(authority: string): Promise<void> {
    const vapid = vapidKeys();
    const env = {
      REDIS_URL: this.servers.redis.url,
      PRISMA_CLIENT: this.database.clientPath,
      DATABASE_URL: this.database.url,
      STORAGE_URL: `file:${this.storage}`,
      PUBLIC_BASE_URL: '',
      VAPID_SUBJECT: 'mailto:ops@example.com',
      VAPID_PUBLIC_KEY: vapid.publicKey,
      VAPID_PRIVATE_KEY: vapid.privateKey,
      SMTP_URL: `smtp://ann:s3cret%2F%C3%A4@localhost:${this.mail.port}`,
      EMAIL_FROM: 'Synapse <no-reply@example.com>',
      // The receivers are on loopback, under authorities of their own.
      NODE_EXTRA_CA_CERTS: authority,
      PUSH_ALLOW_PRIVATE_NETWORK: 'true',
    };
    Object.assign(process.env, env);
    this.worker = new LineProcess([join(this.app.folder, 'backend', 'worker.js')], env);
    this.queues = await this.app.load<DocumentQueues>('lib/queue/queues.js');
    const { QueueService: Service } = await this.app.load<{
      QueueService: new (logger: Recorder) => DocumentService;
    }>('lib/queue/queue-service.js');
    this.service = new Service(this.logger);
  }
}
