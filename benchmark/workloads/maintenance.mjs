import { performance } from 'node:perf_hooks';

import { checkCounts, loadLibrary } from '../peers.mjs';

const STATES = ['waiting', 'active', 'delayed', 'completed', 'failed', 'prioritized'];

/** How each operation is called, and the state that all jobs are in afterwards; none is left where it says nothing. */
const OPERATIONS = {
  'clean-completed': { call: (queue) => queue.clean(0, 0, 'completed') },
  'clean-failed': { call: (queue) => queue.clean(0, 0, 'failed') },
  'clean-waiting': { call: (queue) => queue.clean(0, 0, 'wait') },
  drain: { call: (queue) => queue.drain() },
  'retry-jobs': { call: (queue) => queue.retryJobs(), leaves: 'waiting' },
  'promote-jobs': { call: (queue) => queue.promoteJobs(), leaves: 'waiting' },
  obliterate: { call: (queue) => queue.obliterate({ force: true }) },
};

/** One operation on all jobs of a queue. */
export async function run(task) {
  const { peer, params, connection, queue: name, meter } = task;
  const { Queue } = await loadLibrary(peer);
  const queue = new Queue(name, { connection });
  await queue.waitUntilReady();
  const { call, leaves } = OPERATIONS[params.operation];
  await meter.begin();
  const start = performance.now();
  await call(queue);
  const seconds = (performance.now() - start) / 1000;
  meter.end();
  const expected = STATES.map((state) => [state, state === leaves ? params.jobs : 0]);
  await checkCounts(task, Object.fromEntries(expected));
  return { metrics: { seconds }, jobs: params.jobs, close: () => queue.close() };
}
