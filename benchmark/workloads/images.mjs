import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';

import { loadLibrary, PEERS } from '../peers.mjs';
import { completions, runUntil } from './completions.mjs';
import { IMAGE_TASKS } from './image-tasks.mjs';

const MAKE_UPLOAD = join(import.meta.dirname, '..', 'surroundings', 'upload.mjs');
/** Named after no kind: who reads it looks at its bytes. */
const UPLOAD = 'upload';
const KIB = 1024;
const MB = KIB * KIB;

/** Makes all files of each upload, through the queue, as an application does. */
export async function run({ peer, params, connection, queue: name, folder, meter }) {
  const { Queue, Worker } = await loadLibrary(peer);
  const photo = join(folder, UPLOAD);
  await promisify(execFile)(process.execPath, [MAKE_UPLOAD, params.upload, photo]);
  const queue = new Queue(name, { connection });
  const task = IMAGE_TASKS[params.job];
  const worker = new Worker(name, await processorOf(peer, params.job, folder), {
    connection,
    concurrency: params.concurrency,
    autorun: false,
  });
  await worker.waitUntilReady();
  const add = (count) =>
    queue.addBulk(
      Array.from({ length: count }, (_, i) => ({
        name: params.job,
        data: task.data(`upload-${i}`, pathFor(peer, photo)),
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
  return { metrics: { ...metrics, ...(await outputs(task, folder)) }, jobs: params.jobs, close };
}

/** Sizes of what was written; the pixels are checked where they are cheap to check. */
async function outputs({ files }, folder) {
  const { default: sharp } = await import('sharp');
  const sizes = {};
  for (const { name, format, width, height, metric } of files) {
    const file = join(folder, name('upload-0'));
    const shown = await sharp(await readFile(file)).metadata();
    if (shown.format !== format || Math.max(shown.width - width, shown.height - height) !== 0)
      throw new Error(
        `${file} is ${shown.format} ${shown.width}x${shown.height}, not ${format} within ${width}x${height}`,
      );
    if (metric) sizes[metric] = (await stat(file)).size;
  }
  return sizes;
}

async function processorOf(peer, job, folder) {
  const task = IMAGE_TASKS[job];
  if (peer === PEERS.ourProcessors) return { [job]: task.processor(await loadLibrary(peer), `file:${folder}`) };
  const { default: sharp } = await import('sharp');
  const make = peer.endsWith('one decode') ? task.oneDecode : task.pipelinePerFile;
  await Promise.all(task.files.map(({ name }) => mkdir(dirname(join(folder, name(''))), { recursive: true })));
  return async ({ data: { userId, fileId, filePath } }) => {
    const contents = await make(sharp, await readFile(filePath));
    await Promise.all(task.files.map(({ name }, i) => writeFile(join(folder, name(fileId ?? userId)), contents[i])));
  };
}

/** Native jobs name files by their key in the storage. */
function pathFor(peer, photo) {
  return peer === PEERS.ourProcessors ? UPLOAD : photo;
}
