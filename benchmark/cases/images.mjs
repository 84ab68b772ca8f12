import { PEERS } from '../peers.mjs';
import { bytes, megabytes, millis, perSecond } from './metrics.mjs';

const UPLOADS = { 'jpeg-12': '12-megapixel JPEG', 'jpeg-24': '24-megapixel JPEG', 'png-12': '12-megapixel PNG' };

function images(upload, concurrency) {
  return {
    id: `images-${upload}-${concurrency}`,
    title: `${UPLOADS[upload]} to 1920x1080 and 320x240, ${concurrency} at a time`,
    peers: ['bullmq + sharp, two pipelines', 'bullmq + sharp, one decode', PEERS.ourProcessors],
    workload: 'images',
    params: { upload, concurrency, jobs: 20 },
    smoke: { upload, concurrency, jobs: 1 },
    metrics: {
      throughput: perSecond('throughput', { digits: 1 }),
      nodeCpu: millis('CPU per job', 0),
      peakRss: megabytes('peak RSS of the process'),
      compressedBytes: bytes('size of the 1920x1080 file'),
      thumbnailBytes: bytes('size of the 320x240 file'),
    },
  };
}

/** The built-in image processor against sharp. */
export const IMAGE_CASES = [images('jpeg-12', 1), images('jpeg-12', 2), images('jpeg-24', 2), images('png-12', 2)];
