import { performance } from 'node:perf_hooks';

import { loadLibrary } from '../peers.mjs';

/** Processes preloaded jobs: from the first call of the processor to the last local `completed` event. */
export async function run({ peer, params, connection, queue, meter }) {
  const { Worker } = await loadLibrary(peer);
  const { concurrency, jobs } = params;
  const results = new Uint8Array(jobs);
  let startedAt = 0;
  const worker = new Worker(
    queue,
    async (job) => {
      startedAt ||= performance.now();
      return { ok: true, i: job.data.i };
    },
    { connection, concurrency, autorun: false },
  );
  await worker.waitUntilReady();
  let completed = 0;
  const done = new Promise((resolve, reject) => {
    worker.on('completed', (job, result) => {
      results[result.i] += 1;
      completed += 1;
      if (completed === jobs) resolve(performance.now());
    });
    worker.on('failed', (job, error) => reject(error));
    worker.on('error', reject);
  });
  await meter.begin();
  worker.run().catch((error) => worker.emit('error', error));
  const endedAt = await done;
  const { cpuMicros } = meter.end();
  if (!results.every((times) => times === 1)) throw new Error('some jobs did not complete exactly once');
  const metrics = { throughput: (jobs / (endedAt - startedAt)) * 1000, nodeCpu: cpuMicros / jobs };
  return { metrics, jobs, close: () => worker.close() };
}
