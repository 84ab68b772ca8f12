import { PEERS } from '../peers.mjs';
import { COST, millis, perSecond } from './metrics.mjs';

const peers = [PEERS.bullmq, PEERS.ours];
const MEASURED = 20_000;
const SMOKE_MEASURED = 200;

const show = (count) => count.toLocaleString('en-US');

/** What is in the queue before: jobs that wait behind those that are measured, or completed ones that are kept. */
const LEVELS = [
  { name: '1 waiting', state: 'wait', jobs: 1 },
  { name: `${show(1000)} waiting`, state: 'wait', jobs: 1000 },
  { name: `${show(1_000_000)} waiting`, state: 'wait', jobs: 1_000_000 },
  { name: `${show(1_000_000)} completed kept`, state: 'completed', jobs: 1_000_000 },
];

const SMOKE_LEVEL = LEVELS[1];

function add(level) {
  return {
    title: 'add, 100 in flight',
    workload: 'add',
    fill: { [level.state]: level.jobs },
    params: { mode: 'inFlight', inFlight: 100, jobs: 40_000 },
    smoke: { mode: 'inFlight', inFlight: 100, jobs: 300 },
    metrics: { throughput: perSecond('throughput'), redisCpu: COST.redisCpu },
  };
}

function process(level) {
  const rest = level.state === 'wait' ? level.jobs : 0;
  const before = (measured) => ({
    wait: measured + rest,
    ...(level.state === 'completed' && { completed: level.jobs }),
  });
  return {
    title: 'process, concurrency 50',
    workload: 'process',
    fill: before(MEASURED),
    smokeFill: before(SMOKE_MEASURED),
    params: { concurrency: 50, jobs: MEASURED, rest },
    smoke: { concurrency: 50, jobs: SMOKE_MEASURED, rest },
    metrics: { throughput: perSecond('throughput'), redisCpu: COST.redisCpu },
  };
}

function page(jobs) {
  return {
    id: `growth-page-${jobs}`,
    title: `a page of 100 jobs in the middle of ${show(jobs)} completed`,
    peers,
    workload: 'page',
    fill: { completed: jobs },
    params: { jobs, perPage: 100, pages: 100 },
    smoke: jobs === 1000 ? { jobs, perPage: 100, pages: 5 } : undefined,
    metrics: { p50: millis('p50'), longestScript: millis('longest command') },
  };
}

/** The same figures with more and more jobs in the queue. */
export const GROWTH_CASES = [
  ...LEVELS.flatMap((level) =>
    [add(level), process(level)].map((benchmark) => ({
      ...benchmark,
      id: `growth-${benchmark.workload}-${level.state}-${level.jobs}`,
      title: `${benchmark.title}, ${level.name}`,
      peers,
      smoke: level === SMOKE_LEVEL ? benchmark.smoke : undefined,
    })),
  ),
  page(1000),
  page(1_000_000),
];
