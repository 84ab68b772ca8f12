import { PEERS } from '../peers.mjs';
import { COST, millis, seconds } from './metrics.mjs';

const JOBS = 1_000_000;
const SMOKE_JOBS = 3000;

/** Each operation with the state its jobs are in before. */
const OPERATIONS = [
  { id: 'clean-completed', title: 'clean completed', state: 'completed' },
  { id: 'clean-failed', title: 'clean failed', state: 'failed' },
  { id: 'clean-waiting', title: 'clean waiting', state: 'wait' },
  { id: 'drain', title: 'drain', state: 'wait' },
  { id: 'retry-jobs', title: 'retryJobs', state: 'failed' },
  { id: 'promote-jobs', title: 'promoteJobs', state: 'delayed' },
  { id: 'obliterate', title: 'obliterate', state: 'completed' },
];

/** Operations on a whole queue of a million jobs. */
export const MAINTENANCE_CASES = OPERATIONS.map(({ id, title, state }) => ({
  id: `maintenance-${id}`,
  title,
  peers: [PEERS.bullmq, PEERS.ours],
  workload: 'maintenance',
  fill: { [state]: JOBS },
  smokeFill: { [state]: SMOKE_JOBS },
  params: { operation: id, jobs: JOBS },
  smoke: { operation: id, jobs: SMOKE_JOBS },
  metrics: { seconds: seconds('duration'), redisCpu: COST.redisCpu, longestScript: millis('longest command') },
}));
