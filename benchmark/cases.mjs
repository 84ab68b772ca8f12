const QUEUES = ['bullmq', '@synapse/queue'];
const IMAGES = ['bullmq + sharp, two pipelines', 'bullmq + sharp, one decode', '@synapse/queue, native'];

const micros = (title) => ({ title, unit: 'µs', better: 'lower', digits: 0 });
const millis = (title) => ({ title, unit: 'ms', better: 'lower', digits: 2 });
const megabytes = (title) => ({ title, unit: 'MB', better: 'lower', digits: 1 });
const perSecond = (title) => ({ title, unit: 'jobs/s', better: 'higher', digits: 0 });

const COST = { nodeCpu: micros('Node CPU per job'), redisCpu: micros('Redis CPU per job') };
const BYTES = { unit: 'bytes', better: 'lower', digits: 0 };

const add = {
  peers: QUEUES,
  workload: 'add',
};

function processing(concurrency, { payloadBytes = 0, jobs = 20_000 } = {}) {
  const payload = payloadBytes > 0 ? ', 5 KB of data' : '';
  return {
    id: `process-${concurrency}${payloadBytes > 0 ? '-5kb' : ''}`,
    title: `process, concurrency ${concurrency}${payload}`,
    peers: QUEUES,
    workload: 'process',
    preload: true,
    params: { concurrency, payloadBytes, jobs },
    smoke: { concurrency, payloadBytes, jobs: 300 },
    metrics: { throughput: perSecond('throughput'), ...COST },
  };
}

function images(concurrency) {
  return {
    id: `images-${concurrency}`,
    title: `12-megapixel JPEG to 1920x1080 and 320x240, ${concurrency} at a time`,
    peers: IMAGES,
    workload: 'images',
    params: { concurrency, jobs: 20 },
    smoke: { concurrency, jobs: 2 },
    metrics: {
      throughput: { ...perSecond('throughput'), digits: 1 },
      nodeCpu: { ...millis('CPU per job'), digits: 0 },
      peakRss: megabytes('peak RSS of the process'),
      compressedBytes: { title: 'size of the 1920x1080 file', ...BYTES },
      thumbnailBytes: { title: 'size of the 320x240 file', ...BYTES },
    },
  };
}

/**
 * The cases of the benchmark.
 *
 * `workload` is a module of ./workloads, run with `params` (or `smoke`) once per peer and run; it returns numbers for `metrics`.
 */
export const CASES = [
  {
    ...add,
    id: 'add-sequential',
    title: '`await add`, one after another',
    params: { mode: 'sequential', jobs: 5000 },
    smoke: { mode: 'sequential', jobs: 100 },
    metrics: { p50: micros('p50'), p99: micros('p99'), ...COST },
  },
  {
    ...add,
    id: 'add-in-flight',
    title: 'add, 100 in flight',
    params: { mode: 'inFlight', inFlight: 100, jobs: 40_000 },
    smoke: { mode: 'inFlight', inFlight: 100, jobs: 500 },
    metrics: { throughput: perSecond('throughput'), ...COST },
  },
  {
    ...add,
    id: 'add-bulk',
    title: 'addBulk, 1,000 a call',
    params: { mode: 'bulk', perCall: 1000, jobs: 50_000 },
    smoke: { mode: 'bulk', perCall: 1000, jobs: 2000 },
    metrics: { throughput: perSecond('throughput'), ...COST },
  },
  processing(1, { jobs: 10_000 }),
  processing(10),
  processing(50),
  processing(200),
  processing(50, { payloadBytes: 5000 }),
  {
    id: 'latency',
    title: 'add to `completed`, idle system',
    peers: QUEUES,
    workload: 'latency',
    params: { jobs: 500, pauseMs: 5 },
    smoke: { jobs: 20, pauseMs: 0 },
    metrics: { p50: millis('p50'), p99: millis('p99') },
  },
  {
    id: 'memory',
    title: 'memory of a worker above bare Node',
    peers: QUEUES,
    workload: 'memory',
    preload: true,
    params: { concurrency: 50, jobs: 20_000, payloadBytes: 0 },
    smoke: { concurrency: 50, jobs: 300, payloadBytes: 0 },
    metrics: { idleRss: megabytes('RSS, idle'), peakRss: megabytes('peak RSS, concurrency 50') },
  },
  images(1),
  images(2),
];
