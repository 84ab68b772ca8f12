import { performance } from 'node:perf_hooks';

import { checkCounts, countJobs, loadLibrary } from '../peers.mjs';

/**
 * Processes jobs that are there: from the first call of the processor, or of `run`, to the last local `completed` event.
 *
 * `failures` is how many attempts of each job fail first. `rest` more jobs wait behind those that are measured.
 */
export async function run(task) {
  const { peer, params, connection, queue, meter } = task;
  const { Worker } = await loadLibrary(peer);
  const { concurrency, jobs, failures = 0, rest = 0, from = 'processor' } = params;
  const tally = new Tally(jobs, rest);
  let startedAt = 0;
  const processor = async (job) => {
    startedAt ||= performance.now();
    if (job.attemptsMade < failures) throw new Error('fails on purpose');
    return { ok: true, i: job.data.i };
  };
  const worker = new Worker(queue, processor, { connection, concurrency, autorun: false });
  await worker.waitUntilReady();
  const before = await countJobs(task, ['completed']);
  const done = tally.watch(worker, { mayFail: failures > 0 });
  await meter.begin();
  if (from === 'run') startedAt = performance.now();
  worker.run().catch((error) => worker.emit('error', error));
  const endedAt = await done;
  const { cpuMicros } = meter.end();
  await worker.close();
  await tally.check(task, before);
  const metrics = { throughput: (jobs / (endedAt - startedAt)) * 1000, nodeCpu: cpuMicros / jobs };
  return { metrics, jobs, close: async () => {} };
}

/** Which jobs completed, and how often. */
class Tally {
  #times;
  #completed = 0;
  #measured;

  constructor(jobs, rest) {
    this.#measured = jobs;
    this.#times = new Uint8Array(jobs + rest);
  }

  /** Resolves to when the last of the measured jobs completed. */
  watch(worker, { mayFail }) {
    return new Promise((resolve, reject) => {
      worker.on('completed', (job, result) => {
        this.#times[result.i] += 1;
        this.#completed += 1;
        if (this.#completed === this.#measured) resolve(performance.now());
      });
      worker.on('failed', (job, error) => mayFail || reject(error));
      worker.on('error', reject);
    });
  }

  /** Throws unless each job completed once, here and in Redis; the worker has been closed. */
  async check(task, before) {
    const once = this.#times.reduce((sum, times) => sum + (times === 1), 0);
    const never = this.#times.reduce((sum, times) => sum + (times === 0), 0);
    if (once !== this.#completed || never + once !== this.#times.length)
      throw new Error('some jobs completed more than once');
    const completed = before.completed + this.#completed;
    await checkCounts(task, { completed, waiting: never, active: 0, delayed: 0, failed: 0 });
  }
}
