import { processEnvironment } from './environment/environment';
import { readRedisSettings } from './environment/redis-settings';
import { ConnectionClosedError } from './errors';
import type { Job } from './job';
import { isLogger, type Logger, type LogMeta } from './logger';
import type { JobsOptions } from './options/job-options';
import { Queue } from './queue';
import { BUILT_IN_QUEUES, JOB_TYPES, QUEUE_NAMES, type JobTypeName, type QueueName } from './queue-names';
import type {
  AvatarOptimizationData,
  BatchPushNotificationData,
  EmailData,
  ImageProcessingData,
  PushNotificationData,
  VideoProcessingData,
} from './queue-service/job-data';
import { DEFAULT_DEADLINE_MS, type QueueServiceOptions } from './queue-service/options';
import { RepeatedLines } from './repeated-lines';

/** How many jobs of a queue are in each state. */
export type QueueStats = Record<QueueName, Record<string, number>>;

/** One kind of job as this service adds it. */
interface JobKind {
  queue: QueueName;
  type: JobTypeName;
  /** What log lines call it. */
  label: string;
}

const PUSH = { queue: QUEUE_NAMES.PUSH_NOTIFICATIONS, type: JOB_TYPES.PUSH_NOTIFICATION, label: 'push notification' };
const BATCH_PUSH = {
  queue: QUEUE_NAMES.PUSH_NOTIFICATIONS,
  type: JOB_TYPES.BATCH_PUSH_NOTIFICATION,
  label: 'batch push notification',
};
const IMAGE = { queue: QUEUE_NAMES.FILE_PROCESSING, type: JOB_TYPES.PROCESS_IMAGE, label: 'image processing' };
const VIDEO = { queue: QUEUE_NAMES.FILE_PROCESSING, type: JOB_TYPES.PROCESS_VIDEO, label: 'video processing' };
const AVATAR = { queue: QUEUE_NAMES.FILE_PROCESSING, type: JOB_TYPES.OPTIMIZE_AVATAR, label: 'avatar optimization' };
const EMAIL = { queue: QUEUE_NAMES.EMAIL, type: JOB_TYPES.SEND_EMAIL, label: 'email' };

/**
 * Adds the built-in jobs, for request handlers: quick, typed, logged, and never longer than a deadline.
 *
 * Make one per process or one per request: connections are shared either way, and jobs added in one turn of the event loop travel
 * together. Every `add` takes job options, which win over those of the queue, and rejects with
 *
 * - `QueueUnavailableError` when Redis does not answer within `deadlineMs`; the job may have been added all the same,
 * - `InvalidJobDataError` for bytes in the data: store them and pass the path,
 * - `InvalidOptionError` for options that cannot work and for data above 1 MiB (`sizeLimit`).
 *
 * No priority is set unless asked for; mind that 1 is the most urgent one, and that jobs without priority come before all of them.
 *
 * ```ts
 * const queueService = new QueueService({ connection: { url: process.env.REDIS_URL }, logger });
 * await queueService.addPushNotification({ userId, payload: { title: 'New message', body: 'Hello' } });
 * ```
 */
export class QueueService {
  private readonly options: QueueServiceOptions;
  private readonly logger: Logger;
  private readonly queues = new Map<QueueName, Queue>();
  private readonly repeated = new RepeatedLines();
  private closing: Promise<void> | undefined;

  /** Opens nothing yet. A logger alone stands for `{ logger }`. */
  constructor(loggerOrOptions: Logger | QueueServiceOptions = {}) {
    this.options = isLogger(loggerOrOptions) ? { logger: loggerOrOptions } : loggerOrOptions;
    this.logger = this.options.logger ?? console;
  }

  /** Sends a web push message to all subscriptions of a user. */
  async addPushNotification(data: PushNotificationData, opts?: JobsOptions): Promise<Job<PushNotificationData>> {
    return this.add(PUSH, data, { userId: data.userId }, opts);
  }

  /** Sends one web push message to all subscriptions of many users: one job, one round trip. */
  async addBatchPushNotification(
    data: BatchPushNotificationData,
    opts?: JobsOptions,
  ): Promise<Job<BatchPushNotificationData>> {
    return this.add(BATCH_PUSH, data, { users: data.users.length }, opts);
  }

  /** Makes a compressed image and a thumbnail of an upload, or converts one image. */
  async addImageProcessing(data: ImageProcessingData, opts?: JobsOptions): Promise<Job<ImageProcessingData>> {
    return this.add(IMAGE, data, fileOf(data), opts);
  }

  /** Makes a video for the web. */
  async addVideoProcessing(data: VideoProcessingData, opts?: JobsOptions): Promise<Job<VideoProcessingData>> {
    return this.add(VIDEO, data, fileOf(data), opts);
  }

  /** Makes a user's avatar in several sizes. */
  async addAvatarOptimization(data: AvatarOptimizationData, opts?: JobsOptions): Promise<Job<AvatarOptimizationData>> {
    return this.add(AVATAR, data, { userId: data.userId }, opts);
  }

  /** The same as {@link QueueService.addAvatarOptimization}. */
  async addOptimizeAvatar(data: AvatarOptimizationData, opts?: JobsOptions): Promise<Job<AvatarOptimizationData>> {
    return this.addAvatarOptimization(data, opts);
  }

  /** Sends an e-mail. */
  async addEmail(data: EmailData, opts?: JobsOptions): Promise<Job<EmailData>> {
    return this.add(EMAIL, data, { to: data.to }, opts);
  }

  /** How many jobs are in each state, by queue. */
  async getStats(): Promise<QueueStats> {
    const names = Object.values(QUEUE_NAMES);
    const counts = await Promise.all(names.map((name) => this.queue(name).getJobCounts()));
    return Object.fromEntries(names.map((name, index) => [name, counts[index]])) as QueueStats;
  }

  /**
   * A built-in queue, with this service's connection, deadline and job options.
   *
   * @throws `ConnectionClosedError` once the service is closed; an error that names the variable when no connection was given and
   * the one in the environment cannot work.
   */
  queue(name: QueueName): Queue {
    if (this.closing) {
      throw new ConnectionClosedError('the queue service is closed');
    }
    const queue = this.queues.get(name) ?? this.openQueue(name);
    this.queues.set(name, queue);
    return queue;
  }

  /** Lets go of the connection; calls under way are answered first. Also works while Redis is down, and twice. */
  close(): Promise<void> {
    this.closing ??= this.closeQueues();
    return this.closing;
  }

  private async add<Data extends object>(
    kind: JobKind,
    data: Data,
    about: LogMeta,
    opts: JobsOptions | undefined,
  ): Promise<Job<Data>> {
    const meta = { component: 'QueueService', ...about };
    try {
      const job = await this.queue(kind.queue).add(kind.type, data, opts);
      const label = `${kind.label.charAt(0).toUpperCase()}${kind.label.slice(1)}`;
      this.logger.log(`✅ ${label} job added: ${job.id ?? ''}`, meta);
      return job;
    } catch (error) {
      this.logger.error(`Failed to add ${kind.label} job:`, error, meta);
      throw error;
    }
  }

  private openQueue(name: QueueName): Queue {
    const { prefix, queues, deadlineMs = DEFAULT_DEADLINE_MS } = this.options;
    const connection = this.options.connection ?? readRedisSettings(processEnvironment());
    const defaultJobOptions = { ...BUILT_IN_QUEUES[name].defaultJobOptions, ...queues?.[name] };
    const queue = new Queue(name, { connection, prefix, deadlineMs, defaultJobOptions });
    queue.on('error', (error) => {
      // A lost connection fails for every queue and with every attempt to open it again.
      if (this.repeated.isNews(error.message)) {
        this.logger.error(`Queue ${name} has an error:`, error, { component: 'QueueService' });
      }
    });
    return queue;
  }

  private async closeQueues(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.close()));
  }
}

/** What log lines say about the file of a job. */
function fileOf(data: ImageProcessingData | VideoProcessingData): LogMeta {
  return 'fileId' in data ? { fileId: data.fileId } : { filePath: data.filePath };
}
