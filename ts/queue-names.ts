import type { DefaultJobOptions } from './options/job-options';
import type { RateLimiterOptions } from './options/worker-options';

/** Queues that come with their job types and processors; put your own beside them. */
export const QUEUE_NAMES = {
  /** Messages to browsers. */
  PUSH_NOTIFICATIONS: 'push-notifications',
  /** Images, avatars and videos. */
  FILE_PROCESSING: 'file-processing',
  /** E-mail. */
  EMAIL: 'email',
} as const;

/** Names of the built-in jobs; put your own beside them. */
export const JOB_TYPES = {
  /** A message to every browser of one user: `PushNotificationData`. */
  PUSH_NOTIFICATION: 'push-notification',
  /** A message to every browser of many users: `BatchPushNotificationData`. */
  BATCH_PUSH_NOTIFICATION: 'batch-push-notification',
  /** Web versions of an image: `ImageProcessingData`. */
  PROCESS_IMAGE: 'process-image',
  /** A web version and a poster of a video: `VideoProcessingData`. */
  PROCESS_VIDEO: 'process-video',
  /** Square pictures of a user in several sizes: `AvatarOptimizationData`. */
  OPTIMIZE_AVATAR: 'optimize-avatar',
  /** One e-mail: `EmailData`. */
  SEND_EMAIL: 'send-email',
} as const;

/** Name of a built-in queue. */
export type QueueName = (typeof QUEUE_NAMES)[keyof typeof QUEUE_NAMES];

/** Name of a built-in job. */
export type JobTypeName = (typeof JOB_TYPES)[keyof typeof JOB_TYPES];

/** How a built-in queue is set up. */
export interface BuiltInQueue {
  /** Jobs that belong to the queue. */
  readonly jobTypes: readonly JobTypeName[];
  /** Options of every job that `QueueService` adds. */
  readonly defaultJobOptions: Readonly<DefaultJobOptions>;
  /** Options of the worker that `synapse-queue worker` runs. */
  readonly worker: BuiltInWorker;
}

/** How the worker of a built-in queue is set up. */
export interface BuiltInWorker {
  /** Jobs run at once. */
  readonly concurrency: number;
  /** How many jobs it starts at most. */
  readonly limiter: Readonly<RateLimiterOptions>;
}

const DAY_S = 24 * 60 * 60;
const WEEK_S = 7 * DAY_S;
const MIB = 1024 * 1024;

/** Messages are cheap and urgent: several attempts, soon; a day of history. */
const MESSAGE_JOBS = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 2000 },
  removeOnComplete: { age: DAY_S, count: 1000 },
  removeOnFail: { age: WEEK_S },
  sizeLimit: MIB,
} as const;

/** Files are expensive: one more attempt, later; a week of history. */
const FILE_JOBS = {
  attempts: 2,
  backoff: { type: 'exponential', delay: 5000 },
  removeOnComplete: { age: WEEK_S, count: 500 },
  removeOnFail: { age: WEEK_S },
  sizeLimit: MIB,
} as const;

const MESSAGE_WORKER = { concurrency: 5, limiter: { max: 100, duration: 1000 } } as const;

/** The defaults of the built-in queues. `QueueService` takes others as its option `queues`. */
export const BUILT_IN_QUEUES: Readonly<Record<QueueName, BuiltInQueue>> = {
  [QUEUE_NAMES.PUSH_NOTIFICATIONS]: {
    jobTypes: [JOB_TYPES.PUSH_NOTIFICATION, JOB_TYPES.BATCH_PUSH_NOTIFICATION],
    defaultJobOptions: MESSAGE_JOBS,
    worker: MESSAGE_WORKER,
  },
  [QUEUE_NAMES.FILE_PROCESSING]: {
    jobTypes: [JOB_TYPES.PROCESS_IMAGE, JOB_TYPES.PROCESS_VIDEO, JOB_TYPES.OPTIMIZE_AVATAR],
    defaultJobOptions: FILE_JOBS,
    worker: { concurrency: 3, limiter: { max: 50, duration: 1000 } },
  },
  [QUEUE_NAMES.EMAIL]: {
    jobTypes: [JOB_TYPES.SEND_EMAIL],
    defaultJobOptions: MESSAGE_JOBS,
    worker: MESSAGE_WORKER,
  },
};
