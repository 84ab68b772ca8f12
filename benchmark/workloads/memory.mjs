import { setTimeout as sleep } from 'node:timers/promises';

const MB = 1024 * 1024;

/** Resident memory of a worker, idle and at its peak under load, above that of this process before it. */
export async function run(task) {
  globalThis.gc();
  const bare = process.memoryUsage.rss();
  const idle = await idleWorker(task);
  globalThis.gc();
  await sleep(task.params.settleMs);
  const idleRss = (process.memoryUsage.rss() - bare) / MB;
  await idle.close();
  const { run: process_ } = await import('./process.mjs');
  const { jobs, close } = await process_(task);
  const peakRss = (process.resourceUsage().maxRSS * 1024 - bare) / MB;
  return { metrics: { idleRss, peakRss }, jobs, close };
}

async function idleWorker({ peer, connection, queue, params }) {
  const { loadLibrary } = await import('../peers.mjs');
  const { Worker } = await loadLibrary(peer);
  const worker = new Worker(`${queue}-idle`, async () => undefined, { connection, concurrency: params.concurrency });
  await worker.waitUntilReady();
  return worker;
}
