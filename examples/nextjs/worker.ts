import './lib/load-env';

import {
  BUILT_IN_QUEUES,
  JOB_TYPES,
  QUEUE_NAMES,
  Worker,
  imageProcessors,
  prismaStores,
  pushProcessors,
  videoProcessor,
  type ProcessorMap,
  type QueueName,
} from '@synapse/queue';

import { database } from './lib/database';
import { redis } from './lib/queue';
import { FILES_URL, settings } from './lib/settings';

/** How long running jobs may go on after SIGTERM. */
const SHUTDOWN_DEADLINE_MS = 30_000;

const { env } = process;
const stores = prismaStores(database());
const files = { stores, storage: `file:${settings.storageFolder}`, publicBaseUrl: FILES_URL };
const images = imageProcessors(files);
const video = videoProcessor(files);
const push = pushProcessors({
  stores,
  // A push service inside a closed network, as the tests have one; those of browsers do not need it.
  allowedOrigins: env.PUSH_ALLOWED_ORIGINS?.split(',') ?? [],
});

const workers = [
  work(QUEUE_NAMES.PUSH_NOTIFICATIONS, {
    [JOB_TYPES.PUSH_NOTIFICATION]: push.single,
    [JOB_TYPES.BATCH_PUSH_NOTIFICATION]: push.batch,
  }),
  work(QUEUE_NAMES.FILE_PROCESSING, {
    [JOB_TYPES.PROCESS_IMAGE]: images.image,
    [JOB_TYPES.OPTIMIZE_AVATAR]: images.avatar,
    [JOB_TYPES.PROCESS_VIDEO]: video,
  }),
];

if (video.missing) console.warn(`Videos will fail: ${video.missing}`);

/** A worker of a built-in queue, with its usual concurrency and rate, that tells what it does. */
function work(name: QueueName, processors: ProcessorMap): Worker {
  const worker = new Worker(name, processors, {
    ...redis(),
    ...BUILT_IN_QUEUES[name].worker,
    // How long a job outlives a worker that was killed, and how often others look for such jobs.
    ...(env.WORKER_LOCK_DURATION_MS && { lockDuration: Number(env.WORKER_LOCK_DURATION_MS) }),
    ...(env.WORKER_STALLED_INTERVAL_MS && { stalledInterval: Number(env.WORKER_STALLED_INTERVAL_MS) }),
  });
  worker.on('ready', () => console.log(`🚀 Worker: ${name} started`));
  worker.on('active', (job) => console.log(`🔄 Worker: Processing job ${job.id} of type ${job.name}`));
  worker.on('completed', (job) => console.log(`✅ Job ${job.id} completed`));
  worker.on('failed', (job, error) => console.error(`❌ Job ${job?.id} failed:`, error.message));
  worker.on('error', (error) => console.error(`Worker of ${name}:`, error.message));
  return worker;
}

async function shutDown(): Promise<void> {
  console.log('🛑 Worker: finishing what runs');
  setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MS).unref();
  await Promise.all(workers.map((worker) => worker.close()));
  await database().$disconnect();
}

process.once('SIGTERM', shutDown);
process.once('SIGINT', shutDown);
