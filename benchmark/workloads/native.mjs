import { join } from 'node:path';

import webpush from 'web-push';

import { checkCounts, loadLibrary, PEERS } from '../peers.mjs';
import { completions, runUntil } from './completions.mjs';

const PER_CALL = 1000;
const JOB = 'batch-push-notification';
const DATA = { users: [], payload: { title: 'New message', body: 'Nobody reads it' } };
const ANSWER = { users: 0, sent: 0, failed: 0, total: 0 };

/**
 * Jobs of the native processor that has the least to do: a batch of notifications for a list of nobody, which looks nothing up.
 *
 * The other peer's processor answers the same.
 */
export async function run(task) {
  const { peer, params, connection, queue: name, meter } = task;
  const { Queue, Worker } = await loadLibrary(peer);
  await addBatches(new Queue(name, { connection }), params.jobs);
  const processor = await processorOf(task);
  const worker = new Worker(name, processor, { connection, concurrency: params.concurrency, autorun: false });
  // The other peer's processor writes no lines for the operator.
  if (peer === PEERS.ours) worker.on('log', () => {});
  await worker.waitUntilReady();
  const done = completions(worker, params.jobs, (result) => {
    if (JSON.stringify(result) !== JSON.stringify(ANSWER)) throw new Error(`a job answered ${JSON.stringify(result)}`);
  });
  await meter.begin();
  const elapsedMs = await runUntil(worker, done);
  const { cpuMicros } = meter.end();
  await worker.close();
  await checkCounts(task, { completed: params.jobs, waiting: 0, active: 0, failed: 0 });
  const metrics = { throughput: (params.jobs / elapsedMs) * 1000, nodeCpu: cpuMicros / params.jobs };
  return { metrics, jobs: params.jobs, close: async () => {} };
}

async function addBatches(queue, jobs) {
  for (let first = 0; first < jobs; first += PER_CALL) {
    const count = Math.min(PER_CALL, jobs - first);
    await queue.addBulk(Array.from({ length: count }, () => ({ name: JOB, data: DATA })));
  }
  await queue.close();
}

async function processorOf({ peer, folder }) {
  if (peer !== PEERS.ours) return async () => ({ ...ANSWER });
  const { pushProcessors, sqliteStores } = await loadLibrary(peer);
  const stores = await sqliteStores(`sqlite:${join(folder, 'app.db')}`);
  const vapid = { ...webpush.generateVAPIDKeys(), subject: 'mailto:bench@example.com' };
  return { [JOB]: pushProcessors({ vapid, stores }).batch };
}
