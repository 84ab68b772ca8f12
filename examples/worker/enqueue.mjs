// What a request handler does: `node enqueue.mjs photo.jpg`, with the photo in ./public.
import { QUEUE_NAMES, QueueService } from '@synapse/queue';

const [filePath = 'photo.jpg'] = process.argv.slice(2);
const queueService = new QueueService({ connection: { url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' } });

const image = await queueService.addImageProcessing({ filePath, outputPath: 'photo-small.webp' });
const caption = await queueService.queue(QUEUE_NAMES.FILE_PROCESSING).add('write-caption', { filePath });
console.log(await image.waitUntilFinished(), await caption.waitUntilFinished());
await queueService.close();
