import { GROWTH_CASES } from './cases/growth.mjs';
import { IMAGE_CASES } from './cases/images.mjs';
import { MAINTENANCE_CASES } from './cases/maintenance.mjs';
import { NETWORK_CASES } from './cases/network.mjs';
import { PUSH_CASES } from './cases/push.mjs';
import { QUEUE_CASES } from './cases/queue.mjs';

/**
 * The parts of the benchmark, in the order of their sections in the report; each can be run alone.
 *
 * A part that is not `usual` takes long and is run only when it is named. A `chart` shows one metric of each case.
 */
export const PARTS = [
  {
    id: 'queue',
    title: 'Queue',
    usual: true,
    cases: QUEUE_CASES,
    chart: { file: 'benchmarks.svg', title: 'Speed, bullmq = 1', relative: true },
  },
  { id: 'images', title: 'Images', usual: true, cases: IMAGE_CASES },
  { id: 'push', title: 'Push', usual: true, cases: PUSH_CASES },
  { id: 'network', title: 'Network delay', usual: true, cases: NETWORK_CASES },
  {
    id: 'growth',
    title: 'Growth',
    usual: false,
    cases: GROWTH_CASES,
    chart: { file: 'benchmarks-growth.svg', title: 'Jobs per second as the queue grows', relative: false },
  },
  { id: 'maintenance', title: 'A million jobs', usual: false, cases: MAINTENANCE_CASES },
];
