import { PEERS } from '../peers.mjs';
import { COST, micros, perSecond } from './metrics.mjs';

function push(concurrency) {
  return {
    id: `push-${concurrency}`,
    title: `two browsers a user, ${concurrency} jobs at a time`,
    peers: ['bullmq + web-push', PEERS.ourProcessors],
    workload: 'push',
    receiver: true,
    params: { concurrency, jobs: 2500 },
    smoke: { concurrency, jobs: 20 },
    metrics: {
      throughput: perSecond('delivered', { unit: 'messages/s' }),
      nodeCpu: micros('client CPU per message'),
      redisCpu: COST.redisCpu,
    },
  };
}

/** The built-in push processor against npm `web-push`: encrypted, signed and delivered. */
export const PUSH_CASES = [push(5), push(50)];
