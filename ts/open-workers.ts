import type { Worker } from './worker';

/** Key of the set on `globalThis`: one for all copies of the package in a process, whoever loaded them. */
const REGISTRY = Symbol.for('@synapse/queue.openWorkers');

/** Workers that run in this process, so that `synapse-queue worker` can close what a user's file has opened. */
export function openWorkers(): Set<Worker> {
  const holder = globalThis as unknown as Record<symbol, Set<Worker> | undefined>;
  holder[REGISTRY] ??= new Set();
  return holder[REGISTRY];
}
