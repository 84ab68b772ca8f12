import { performance } from 'node:perf_hooks';

/** Resolves once the worker has completed this many jobs; `check` throws for a wrong result. A failed job rejects. */
export function completions(worker, count, check = () => {}) {
  return new Promise((resolve, reject) => {
    let completed = 0;
    const stop = (settle, value) => {
      worker.off('completed', onCompleted);
      settle(value);
    };
    const onCompleted = (job, result) => {
      try {
        check(result);
      } catch (error) {
        stop(reject, error);
      }
      completed += 1;
      if (completed === count) stop(resolve);
    };
    worker.on('completed', onCompleted);
    worker.on('failed', (job, error) => stop(reject, error));
    worker.on('error', (error) => stop(reject, error));
  });
}

/** Lets a worker that does not run by itself run until `done`; answers how long that took, ms. */
export async function runUntil(worker, done) {
  // Processors of the others write nothing; without a listener ours would write to the console.
  worker.on('log', () => {});
  const start = performance.now();
  worker.run().catch((error) => worker.emit('error', error));
  await done;
  return performance.now() - start;
}
