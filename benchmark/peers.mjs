/** What is measured beside this package, by the name that reports give it. */
export const PEERS = {
  bullmq: 'bullmq',
  beeQueue: 'bee-queue',
  rust: 'bullmq-official (Rust)',
  ours: '@synapse/queue',
  ourProcessors: '@synapse/queue, native',
};

/** Peers whose queue is this package. */
const OURS = new Set([PEERS.ours, PEERS.ourProcessors]);

/** The queue library a peer measures, as `Queue`, `Worker` and what else it has; every peer but two uses `bullmq`. */
export function loadLibrary(peer) {
  if (OURS.has(peer)) return import('../index.mjs');
  return peer === PEERS.beeQueue ? import('./peers/bee-queue.mjs') : import('bullmq');
}

/** How many jobs of a queue are in each of these states. */
export async function countJobs({ peer, connection, queue: name }, states) {
  const { Queue } = await loadLibrary(peer);
  const queue = new Queue(name, { connection });
  const counts = await queue.getJobCounts(...states);
  await queue.close();
  return counts;
}

/** Throws unless as many jobs of a queue are in each state as `expected` says. */
export async function checkCounts(task, expected) {
  const counts = await countJobs(task, Object.keys(expected));
  for (const [state, count] of Object.entries(expected)) {
    if (counts[state] !== count) throw new Error(`${task.peer}: ${counts[state]} jobs are ${state}, expected ${count}`);
  }
}
