import { performance } from 'node:perf_hooks';

import { checkCounts, loadLibrary } from '../peers.mjs';
import { percentile } from '../statistics.mjs';
import { completions, runUntil } from './completions.mjs';

/** Adds parents with many children each, then completes them all; a parent reads the results of its children. */
export async function run(task) {
  const { peer, params, connection, queue, meter } = task;
  const { FlowProducer, Worker } = await loadLibrary(peer);
  const producer = new FlowProducer({ connection });
  await producer.waitUntilReady?.();
  const jobs = params.flows * (params.children + 1);
  await meter.begin();
  const times = [];
  for (let i = 0; i < params.flows; i += 1) {
    const start = performance.now();
    const { children } = await producer.add(flowOf(queue, params.children));
    times.push(performance.now() - start);
    if (children.length !== params.children) throw new Error(`${children.length} children were added`);
  }
  await checkCounts(task, { 'waiting-children': params.flows, waiting: jobs - params.flows });
  const worker = new Worker(queue, processor, { connection, concurrency: params.concurrency, autorun: false });
  await worker.waitUntilReady();
  const done = completions(worker, jobs, (result) => {
    if (result.children !== undefined && result.children !== params.children)
      throw new Error(`a parent found ${result.children} results`);
  });
  const elapsedMs = await runUntil(worker, done);
  const { cpuMicros } = meter.end();
  await worker.close();
  await checkCounts(task, { completed: jobs, 'waiting-children': 0, waiting: 0, active: 0, failed: 0 });
  const metrics = {
    addMs: percentile(times, 50),
    throughput: (jobs / elapsedMs) * 1000,
    nodeCpu: cpuMicros / jobs,
  };
  return { metrics, jobs, close: () => producer.close() };
}

function flowOf(queueName, children) {
  return {
    name: 'parent',
    queueName,
    children: Array.from({ length: children }, (_, i) => ({ name: 'child', queueName, data: { i } })),
  };
}

async function processor(job) {
  if (job.name === 'child') return { ok: true, i: job.data.i };
  return { children: Object.keys(await job.getChildrenValues()).length };
}
