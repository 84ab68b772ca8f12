import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { notificationFor, PUSH_QUEUE } from '../built-in-jobs.mjs';
import { checkCounts, loadLibrary, PEERS } from '../peers.mjs';
import { completions } from './completions.mjs';

const PER_CALL = 1000;

/**
 * Jobs of the lightest native processor: notifications of users without browsers, each with a look-up in SQLite.
 *
 * The other peer's processor answers the same without looking anything up.
 */
export async function run(task) {
  const { peer, params, connection, queue: name, meter } = task;
  const { Queue, Worker } = await loadLibrary(peer);
  await addNotifications(new Queue(name, { connection }), params.jobs);
  const processor = await processorOf(task);
  const worker = new Worker(name, processor, { connection, concurrency: params.concurrency, autorun: false });
  await worker.waitUntilReady();
  const done = completions(worker, params.jobs, (result) => {
    if (result.sent !== 0 || result.total !== 0) throw new Error(`a job answered ${JSON.stringify(result)}`);
  });
  await meter.begin();
  const start = performance.now();
  worker.run().catch((error) => worker.emit('error', error));
  await done;
  const elapsedMs = performance.now() - start;
  const { cpuMicros } = meter.end();
  await worker.close();
  await checkCounts(task, { completed: params.jobs, waiting: 0, active: 0, failed: 0 });
  const metrics = { throughput: (params.jobs / elapsedMs) * 1000, nodeCpu: cpuMicros / params.jobs };
  return { metrics, jobs: params.jobs, close: async () => {} };
}

async function addNotifications(queue, jobs) {
  for (let first = 0; first < jobs; first += PER_CALL) {
    const count = Math.min(PER_CALL, jobs - first);
    await queue.addBulk(
      Array.from({ length: count }, (_, i) => ({
        name: PUSH_QUEUE.jobName,
        data: notificationFor(`nobody-${first + i}`),
      })),
    );
  }
  await queue.close();
}

async function processorOf({ peer, folder }) {
  if (peer !== PEERS.ours) return async () => ({ sent: 0, total: 0 });
  const [{ pushProcessors, sqliteStores }, { default: webpush }] = await Promise.all([
    loadLibrary(peer),
    import('web-push'),
  ]);
  const stores = await sqliteStores(`sqlite:${join(folder, 'app.db')}`);
  const vapid = { ...webpush.generateVAPIDKeys(), subject: 'mailto:bench@example.com' };
  return { [PUSH_QUEUE.jobName]: pushProcessors({ vapid, stores }).single };
}
