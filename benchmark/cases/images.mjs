import { PEERS } from '../peers.mjs';
import { bytes, megabytes, millis, perSecond } from './metrics.mjs';

function images(concurrency) {
  return {
    id: `images-${concurrency}`,
    title: `12-megapixel JPEG to 1920x1080 and 320x240, ${concurrency} at a time`,
    peers: ['bullmq + sharp, two pipelines', 'bullmq + sharp, one decode', PEERS.ourProcessors],
    workload: 'images',
    params: { concurrency, jobs: 20 },
    smoke: { concurrency, jobs: 1 },
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
export const IMAGE_CASES = [images(1), images(2)];
