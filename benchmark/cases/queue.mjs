import { PEERS } from '../peers.mjs';
import { COST, megabytes, micros, millis, perSecond } from './metrics.mjs';

const { bullmq, beeQueue, rust, ours } = PEERS;
const ALL = [bullmq, beeQueue, rust, ours];
const WITH_THROUGHPUT = { throughput: perSecond('throughput'), ...COST };

/** `await add`, one after another. */
export function addSequential({ jobs = 5000, peers = ALL } = {}) {
  return {
    id: 'add-sequential',
    title: '`await add`, one after another',
    peers,
    workload: 'add',
    params: { mode: 'sequential', jobs },
    smoke: { mode: 'sequential', jobs: 50 },
    metrics: { p50: micros('p50'), p99: micros('p99'), ...COST },
  };
}

/** Many `add`s under way. */
export function addInFlight({ jobs = 40_000, peers = ALL } = {}) {
  return {
    id: 'add-in-flight',
    title: 'add, 100 in flight',
    peers,
    workload: 'add',
    params: { mode: 'inFlight', inFlight: 100, jobs },
    smoke: { mode: 'inFlight', inFlight: 100, jobs: 300 },
    metrics: WITH_THROUGHPUT,
  };
}

/** Processing of jobs that are in the queue beforehand. */
export function processing(concurrency, { payloadBytes = 0, jobs = 20_000, peers = ALL } = {}) {
  const payload = payloadBytes > 0 ? ', 5 KB of data' : '';
  return {
    id: `process-${concurrency}${payloadBytes > 0 ? '-5kb' : ''}`,
    title: `process, concurrency ${concurrency}${payload}`,
    peers,
    workload: 'process',
    preload: {},
    params: { concurrency, payloadBytes, jobs },
    smoke: { concurrency, payloadBytes, jobs: 200 },
    metrics: WITH_THROUGHPUT,
  };
}

/** From `add` to `completed`, with nothing else to do. */
export function latency({ jobs = 500, pauseMs = 5, peers = ALL } = {}) {
  return {
    id: 'latency',
    title: 'add to `completed`, idle system',
    peers,
    workload: 'latency',
    params: { jobs, pauseMs },
    smoke: { jobs: 20, pauseMs: 0 },
    metrics: { p50: millis('p50'), p99: millis('p99') },
  };
}

/**
 * The cases about the queue itself.
 *
 * `workload` is a module of ../workloads, run with `params` (or `smoke`) once per peer and run; it returns numbers for `metrics`.
 * `preload` has the jobs of `params` added beforehand, with these options.
 */
export const QUEUE_CASES = [
  addSequential(),
  addInFlight(),
  {
    id: 'add-bulk',
    title: 'addBulk, 1,000 a call',
    peers: ALL,
    workload: 'add',
    params: { mode: 'bulk', perCall: 1000, jobs: 50_000 },
    smoke: { mode: 'bulk', perCall: 1000, jobs: 1000 },
    metrics: WITH_THROUGHPUT,
  },
  {
    id: 'add-burst',
    title: '200 x `addPushNotification` in one `Promise.all`',
    peers: [bullmq, ours],
    workload: 'burst',
    params: { bursts: 100, perBurst: 200 },
    smoke: { bursts: 2, perBurst: 200 },
    metrics: { p50: millis('a burst, p50'), p99: millis('a burst, p99'), ...WITH_THROUGHPUT },
  },
  processing(1, { jobs: 10_000 }),
  processing(10),
  processing(50),
  processing(200),
  processing(50, { payloadBytes: 5000 }),
  {
    id: 'process-native',
    title: 'process, concurrency 50, native processor',
    peers: [bullmq, ours],
    workload: 'native',
    params: { concurrency: 50, jobs: 20_000 },
    smoke: { concurrency: 50, jobs: 200 },
    metrics: WITH_THROUGHPUT,
  },
  {
    id: 'process-delayed',
    title: 'delayed jobs that are due, promoted and processed, concurrency 50',
    peers: ALL,
    workload: 'process',
    preload: { delay: 1 },
    params: { concurrency: 50, payloadBytes: 0, jobs: 10_000, from: 'run' },
    smoke: { concurrency: 50, payloadBytes: 0, jobs: 200, from: 'run' },
    metrics: WITH_THROUGHPUT,
  },
  {
    id: 'process-retried',
    title: 'jobs that fail once and are retried, concurrency 50',
    peers: ALL,
    workload: 'process',
    preload: { attempts: 2 },
    params: { concurrency: 50, payloadBytes: 0, jobs: 10_000, failures: 1 },
    smoke: { concurrency: 50, payloadBytes: 0, jobs: 200, failures: 1 },
    metrics: WITH_THROUGHPUT,
  },
  {
    id: 'flow',
    title: 'flow of 1,000 children',
    peers: [bullmq, ours],
    workload: 'flow',
    params: { flows: 10, children: 1000, concurrency: 50 },
    smoke: { flows: 1, children: 1000, concurrency: 50 },
    metrics: { addMs: millis('add a flow', 1), throughput: perSecond('children and parents completed'), ...COST },
  },
  latency(),
  {
    id: 'memory',
    title: 'memory of a worker above bare Node',
    peers: [bullmq, beeQueue, ours],
    workload: 'memory',
    preload: {},
    params: { concurrency: 50, jobs: 20_000, payloadBytes: 0, settleMs: 1000 },
    smoke: { concurrency: 50, jobs: 200, payloadBytes: 0, settleMs: 0 },
    metrics: { idleRss: megabytes('RSS, idle'), peakRss: megabytes('peak RSS, concurrency 50') },
  },
];
