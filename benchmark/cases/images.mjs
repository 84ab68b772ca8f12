import { PEERS } from '../peers.mjs';
import { bytes, megabytes, millis, perSecond } from './metrics.mjs';

const UPLOADS = { 'jpeg-12': '12-megapixel JPEG', 'jpeg-24': '24-megapixel JPEG', 'png-12': '12-megapixel PNG' };

const SHARP = ['bullmq + sharp, a pipeline per file', 'bullmq + sharp, one decode'];

function pictures({ id, title, job, upload, concurrency, sizes }) {
  return {
    id,
    title,
    peers: [...SHARP, PEERS.ourProcessors],
    workload: 'images',
    params: { job, upload, concurrency, jobs: 20 },
    smoke: { job, upload, concurrency, jobs: 1 },
    metrics: {
      throughput: perSecond('throughput', { digits: 1 }),
      nodeCpu: millis('CPU per job', 0),
      peakRss: megabytes('peak RSS of the process'),
      ...sizes,
    },
  };
}

function images(upload, concurrency) {
  return pictures({
    id: `images-${upload}-${concurrency}`,
    title: `${UPLOADS[upload]} to 1920x1080 and 320x240, ${concurrency} at a time`,
    ...{ job: 'process-image', upload, concurrency },
    sizes: {
      compressedBytes: bytes('size of the 1920x1080 file'),
      thumbnailBytes: bytes('size of the 320x240 file'),
    },
  });
}

function avatars(upload, concurrency) {
  return pictures({
    id: `avatars-${upload}-${concurrency}`,
    title: `${UPLOADS[upload]} to avatars of 512, 256, 128, 64 and 32 pixels, ${concurrency} at a time`,
    ...{ job: 'optimize-avatar', upload, concurrency },
    sizes: { largestBytes: bytes('size of the largest file') },
  });
}

/** The built-in processors of pictures against sharp. */
export const IMAGE_CASES = [
  images('jpeg-12', 1),
  images('jpeg-12', 2),
  images('jpeg-24', 2),
  images('png-12', 2),
  avatars('jpeg-12', 2),
];
