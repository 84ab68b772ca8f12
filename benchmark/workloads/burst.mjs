import { performance } from 'node:perf_hooks';

import { notificationFor, PUSH_QUEUE, SILENT } from '../built-in-jobs.mjs';
import { checkCounts, loadLibrary, PEERS } from '../peers.mjs';
import { percentile } from '../statistics.mjs';

const WARM_UP = 3;
/** As a service class around BullMQ sets them for each job; the same for both. */
const JOB_OPTIONS = { priority: 1, delay: 0 };

/** Notifies a whole room: one job per member, all at once. */
export async function run({ peer, params, connection, meter }) {
  const service = await openService(peer, connection);
  const { bursts, perBurst } = params;
  const burst = () =>
    Promise.all(Array.from({ length: perBurst }, (_, i) => service.add(notificationFor(`user-${i}`))));
  for (let i = 0; i < WARM_UP; i += 1) await burst();
  await meter.begin();
  const times = new Float64Array(bursts);
  for (let i = 0; i < bursts; i += 1) {
    const start = performance.now();
    const jobs = await burst();
    times[i] = performance.now() - start;
    if (new Set(jobs.map(({ id }) => id)).size !== perBurst) throw new Error('jobs of a burst share their ids');
  }
  const { elapsedMs, cpuMicros } = meter.end();
  await checkCounts({ peer, connection, queue: PUSH_QUEUE.name }, { prioritized: (bursts + WARM_UP) * perBurst });
  const jobs = bursts * perBurst;
  const metrics = {
    p50: percentile(times, 50),
    p99: percentile(times, 99),
    throughput: (jobs / elapsedMs) * 1000,
    nodeCpu: cpuMicros / jobs,
  };
  return { metrics, jobs, close: () => service.close() };
}

async function openService(peer, connection) {
  const { Queue, QueueService } = await loadLibrary(peer);
  if (peer === PEERS.ours) {
    const service = new QueueService({ connection, logger: SILENT });
    await service.queue(PUSH_QUEUE.name).waitUntilReady();
    return { add: (data) => service.addPushNotification(data, JOB_OPTIONS), close: () => service.close() };
  }
  const { name, jobName, defaultJobOptions } = PUSH_QUEUE;
  const queue = new Queue(name, { connection, defaultJobOptions });
  await queue.waitUntilReady();
  return { add: (data) => queue.add(jobName, data, JOB_OPTIONS), close: () => queue.close() };
}
