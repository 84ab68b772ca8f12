import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { loadLibrary } from '../peers.mjs';
import { percentile } from '../statistics.mjs';

/** From the call of `add` to the local `completed` event, with nothing else to do. */
export async function run({ peer, params, connection, queue: name, meter }) {
  const { Queue, Worker } = await loadLibrary(peer);
  const queue = new Queue(name, { connection });
  const worker = new Worker(name, async (job) => ({ ok: true, i: job.data.i }), { connection });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  await measureOnce(queue, worker, -1);
  await meter.begin();
  const times = new Float64Array(params.jobs);
  for (let i = 0; i < params.jobs; i += 1) {
    await sleep(params.pauseMs);
    times[i] = await measureOnce(queue, worker, i);
  }
  const metrics = { p50: percentile(times, 50), p99: percentile(times, 99) };
  const close = async () => {
    await worker.close();
    await queue.close();
  };
  return { metrics, jobs: params.jobs, close };
}

async function measureOnce(queue, worker, i) {
  const completed = once(worker, 'completed');
  const start = performance.now();
  await queue.add('job', { i });
  const [, result] = await completed;
  const elapsedMs = performance.now() - start;
  if (result.i !== i) throw new Error(`job ${i} was answered with ${JSON.stringify(result)}`);
  return elapsedMs;
}
