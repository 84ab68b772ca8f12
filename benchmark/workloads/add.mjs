import { performance } from 'node:perf_hooks';

import { loadLibrary } from '../peers.mjs';
import { percentile } from '../statistics.mjs';

const WARM_UP = 500;

const MODES = { sequential, inFlight, bulk };

/** Adds jobs in one of three ways. */
export async function run({ peer, params, connection, queue: name, meter }) {
  const { Queue } = await loadLibrary(peer);
  const queue = new Queue(name, { connection });
  await queue.waitUntilReady();
  const before = await queue.getWaitingCount();
  const warmUp = Math.min(WARM_UP, params.jobs);
  await MODES[params.mode](queue, { ...params, jobs: warmUp, perCall: warmUp });
  await meter.begin();
  const own = await MODES[params.mode](queue, params);
  const { elapsedMs, cpuMicros } = meter.end();
  const added = (await queue.getWaitingCount()) - before;
  if (added !== params.jobs + warmUp) throw new Error(`${added} jobs came, ${params.jobs + warmUp} were added`);
  const metrics = { throughput: (params.jobs / elapsedMs) * 1000, nodeCpu: cpuMicros / params.jobs, ...own };
  return { metrics, jobs: params.jobs, close: () => queue.close() };
}

async function sequential(queue, { jobs }) {
  const times = new Float64Array(jobs);
  for (let i = 0; i < jobs; i += 1) {
    const start = performance.now();
    await queue.add('job', { i });
    times[i] = (performance.now() - start) * 1000;
  }
  return { p50: percentile(times, 50), p99: percentile(times, 99) };
}

async function inFlight(queue, { jobs, inFlight: lanes }) {
  let next = 0;
  const lane = async () => {
    while (next < jobs) await queue.add('job', { i: next++ });
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return {};
}

async function bulk(queue, { jobs, perCall }) {
  for (let first = 0; first < jobs; first += perCall) {
    await queue.addBulk(Array.from({ length: perCall }, (_, i) => ({ name: 'job', data: { i: first + i } })));
  }
  return {};
}
