// Runs in its own process: `npx synapse-queue worker worker.mjs`.
import { JOB_TYPES, QUEUE_NAMES, Worker, imageProcessor, sqliteStores } from '@synapse/queue';

const connection = { url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' };

// Native processors and functions stand side by side: images are resized in Rust, captions are written here.
const files = new Worker(
  QUEUE_NAMES.FILE_PROCESSING,
  {
    [JOB_TYPES.PROCESS_IMAGE]: imageProcessor({ storage: 'file:./public', stores: await sqliteStores() }),
    'write-caption': async (job) => ({ caption: `A picture called ${job.data.filePath}` }),
  },
  { connection, concurrency: 3, limiter: { max: 50, duration: 1000 } },
);

files.on('completed', (job) => console.log(`✅ Job ${job.id} completed`));
files.on('failed', (job, error) => console.error(`❌ Job ${job?.id} failed:`, error.message));
// SIGTERM and SIGINT need no code here: the command drains every worker that this file opens.
