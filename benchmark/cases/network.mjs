import { PEERS } from '../peers.mjs';
import { addInFlight, addSequential, latency, processing } from './queue.mjs';

const peers = [PEERS.bullmq, PEERS.beeQueue, PEERS.ours];

/** The same work through a proxy that answers this much later; few jobs, for one at a time they take as long as the network. */
function behind(delayMs, jobs, isInSmoke) {
  const cases = [
    addSequential({ jobs: jobs.oneByOne, peers }),
    addInFlight({ jobs: jobs.many, peers }),
    processing(10, { jobs: jobs.some, peers }),
    processing(50, { jobs: jobs.many, peers }),
    processing(50, { jobs: jobs.some, payloadBytes: 5000, peers }),
    // Long enough for all that a worker says before it waits.
    latency({ jobs: jobs.oneByOne, pauseMs: 5 + 5 * delayMs, peers }),
  ];
  return cases.map((benchmark) => ({
    ...benchmark,
    id: `network-${delayMs}ms-${benchmark.id}`,
    title: `${delayMs} ms: ${benchmark.title}`,
    delayMs,
    smoke: isInSmoke ? benchmark.smoke : undefined,
  }));
}

/** Redis at a distance. */
export const NETWORK_CASES = [
  ...behind(1, { oneByOne: 500, some: 5000, many: 20_000 }, true),
  ...behind(10, { oneByOne: 100, some: 1000, many: 10_000 }, false),
];
