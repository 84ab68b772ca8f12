import { performance } from 'node:perf_hooks';

import { loadLibrary } from '../peers.mjs';
import { percentile } from '../statistics.mjs';

const WARM_UP = 2;

/** Reads pages in the middle of the completed jobs, as a dashboard does. */
export async function run({ peer, params, connection, queue: name, meter }) {
  const { Queue } = await loadLibrary(peer);
  const queue = new Queue(name, { connection });
  await queue.waitUntilReady();
  const first = Math.floor(params.jobs / 2);
  const read = async () => {
    const jobs = await queue.getCompleted(first, first + params.perPage - 1);
    if (jobs.length !== params.perPage || jobs.some(({ returnvalue }) => returnvalue?.ok !== true))
      throw new Error(`${jobs.length} jobs on a page of ${params.perPage}`);
  };
  for (let i = 0; i < WARM_UP; i += 1) await read();
  await meter.begin();
  const times = new Float64Array(params.pages);
  for (let i = 0; i < params.pages; i += 1) {
    const start = performance.now();
    await read();
    times[i] = performance.now() - start;
  }
  return { metrics: { p50: percentile(times, 50) }, jobs: params.pages, close: () => queue.close() };
}
