import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';

import { loadLibrary, PEERS } from '../peers.mjs';
import { completions, runUntil } from './completions.mjs';

const MAKE_UPLOAD = join(import.meta.dirname, '..', 'surroundings', 'upload.mjs');
/** Named after no kind: who reads it looks at its bytes. */
const UPLOAD = 'upload';
const KIB = 1024;
const MB = KIB * KIB;

/** Makes both files of each photo, through the queue, as an application does. */
export async function run({ peer, params, connection, queue: name, folder, meter }) {
  const { Queue, Worker } = await loadLibrary(peer);
  const photo = join(folder, UPLOAD);
  await promisify(execFile)(process.execPath, [MAKE_UPLOAD, params.upload, photo]);
  const queue = new Queue(name, { connection });
  const worker = new Worker(name, await processorOf(peer, folder), {
    connection,
    concurrency: params.concurrency,
    autorun: false,
  });
  await worker.waitUntilReady();
  const add = (count) =>
    queue.addBulk(
      Array.from({ length: count }, (_, i) => ({
        name: 'process-image',
        data: { fileId: `photo-${i}`, filePath: pathFor(peer, photo), userId: 'user' },
      })),
    );
  await add(params.concurrency);
  let done = completions(worker, params.concurrency);
  await runUntil(worker, done);
  await meter.begin();
  const start = performance.now();
  done = completions(worker, params.jobs);
  await add(params.jobs);
  await done;
  const elapsedMs = performance.now() - start;
  const { cpuMicros } = meter.end();
  const peakRss = (process.resourceUsage().maxRSS * KIB) / MB;
  const metrics = { throughput: (params.jobs / elapsedMs) * 1000, nodeCpu: cpuMicros / 1000 / params.jobs, peakRss };
  const close = async () => {
    await worker.close();
    await queue.close();
  };
  return { metrics: { ...metrics, ...(await outputs(folder)) }, jobs: params.jobs, close };
}

/** Sizes of what was written; the pixels are checked where they are cheap to check. */
async function outputs(folder) {
  const { default: sharp } = await import('sharp');
  const sizes = {};
  for (const [kind, metric, width, height] of [
    ['compressed', 'compressedBytes', 1920, 1080],
    ['thumbnail', 'thumbnailBytes', 320, 240],
  ]) {
    const file = join(folder, `photo-0-${kind}.jpg`);
    const shown = await sharp(await readFile(file)).metadata();
    if (shown.format !== 'jpeg' || Math.max(shown.width - width, shown.height - height) !== 0)
      throw new Error(`${file} is ${shown.format} ${shown.width}x${shown.height}, not jpeg within ${width}x${height}`);
    sizes[metric] = (await stat(file)).size;
  }
  return sizes;
}

async function processorOf(peer, folder) {
  if (peer === PEERS.ourProcessors) {
    const { imageProcessor } = await loadLibrary(peer);
    return {
      'process-image': imageProcessor({ storage: `file:${folder}`, stores: { files: { update: async () => {} } } }),
    };
  }
  const { default: sharp } = await import('sharp');
  const make = peer.endsWith('one decode') ? oneDecode : twoPipelines;
  return async ({ data: { fileId, filePath } }) => {
    const [compressed, thumbnail] = await make(sharp, await readFile(filePath));
    await Promise.all([
      writeFile(join(folder, `${fileId}-compressed.jpg`), compressed),
      writeFile(join(folder, `${fileId}-thumbnail.jpg`), thumbnail),
    ]);
  };
}

/** The usual code: each file from the photo. */
async function twoPipelines(sharp, photo) {
  const compressed = await sharp(photo)
    .resize(1920, 1080, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 85 })
    .toBuffer();
  const thumbnail = await sharp(photo).resize(320, 240, { fit: 'cover' }).jpeg({ quality: 75 }).toBuffer();
  return [compressed, thumbnail];
}

/** sharp at its best: the thumbnail from the pixels of the larger file. */
async function oneDecode(sharp, photo) {
  const { data, info } = await sharp(photo)
    .resize(1920, 1080, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { raw: { width: info.width, height: info.height, channels: info.channels } };
  return Promise.all([
    sharp(data, raw).jpeg({ quality: 85 }).toBuffer(),
    sharp(data, raw).resize(320, 240, { fit: 'cover' }).jpeg({ quality: 75 }).toBuffer(),
  ]);
}

/** Native jobs name files by their key in the storage. */
function pathFor(peer, photo) {
  return peer === PEERS.ourProcessors ? UPLOAD : photo;
}
