import { loadLibrary } from '../peers.mjs';

const PER_CALL = 1000;

/** Adds the jobs that a workload processes, in the layout of the peer's library. */
export async function preload({ peer, connection, queue: name, params }, opts) {
  const { Queue } = await loadLibrary(peer);
  const queue = new Queue(name, { connection });
  const { jobs, payloadBytes } = params;
  const text = 'x'.repeat(payloadBytes);
  for (let first = 0; first < jobs; first += PER_CALL) {
    const numbers = Array.from({ length: Math.min(PER_CALL, jobs - first) }, (_, i) => first + i);
    await queue.addBulk(numbers.map((i) => ({ name: 'job', data: payloadBytes > 0 ? { i, text } : { i }, opts })));
  }
  await queue.close();
}
