/** Peers whose queue is this package; the others use `bullmq`. */
const OURS = new Set(['@synapse/queue', '@synapse/queue, native']);

/** The queue library a peer measures. */
export function loadLibrary(peer) {
  return OURS.has(peer) ? import('../index.mjs') : import('bullmq');
}
