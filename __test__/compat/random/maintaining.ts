import type { JobType } from 'bullmq';
import * as fc from 'fast-check';

import { nothing, operation, type Operation } from './operation';

/** Long enough that a limit never ends within a run, which moves another clock than that of Redis. */
const HOUR_MS = 3_600_000;

const types = ['completed', 'failed', 'delayed', 'active', 'prioritized', 'wait'] as const;
const cleaning = fc.record({
  grace: fc.constantFrom(0, 0, 2000),
  limit: fc.nat({ max: 3 }),
  type: fc.constantFrom('completed', 'failed', 'wait', 'delayed', 'prioritized'),
});
const listing = fc.record({
  types: fc.subarray([...types, 'waiting'] as JobType[]),
  start: fc.nat({ max: 2 }),
  end: fc.integer({ min: -1, max: 4 }),
  asc: fc.boolean(),
});

export const maintaining: readonly Operation[] = [
  operation('pause', 1, nothing, (stage) => stage.queue.pause()),
  operation('resume', 3, nothing, (stage) => stage.queue.resume()),
  operation('drain', 1, fc.boolean(), async (stage, delayed) =>
    (await stage.spares('wait')) ? 'a job of a scheduler waits' : stage.queue.drain(delayed),
  ),
  operation('clean', 3, cleaning, async (stage, { grace, limit, type }) => {
    if (await stage.spares(type)) return 'a job of a scheduler';
    // Of a list that is not in the order of age, bullmq looks at no more than `limit` jobs, young ones included.
    const removed = await stage.queue.clean(type === 'wait' ? 0 : grace, limit, type);
    return type === 'wait' ? removed.sort() : removed;
  }),
  operation(
    'retryJobs',
    1,
    fc.record({ state: fc.constantFrom('failed', 'completed'), count: fc.integer({ min: 1, max: 3 }) }),
    async (stage, { state, count }) => {
      // bullmq does not tie such a child to its parent again, as `job.retry` does.
      const isChild = (await stage.queue.getJobs([state])).some(({ parentKey }) => parentKey);
      return isChild ? 'a child' : stage.queue.retryJobs({ state: state as 'failed', count });
    },
  ),
  operation('promoteJobs', 1, fc.integer({ min: 1, max: 3 }), (stage, count) => stage.queue.promoteJobs({ count })),
  operation('obliterate', 1, fc.boolean(), (stage, force) => stage.queue.obliterate({ force })),
  operation('setGlobalConcurrency', 1, fc.integer({ min: 1, max: 3 }), (stage, jobs) =>
    stage.queue.setGlobalConcurrency(jobs),
  ),
  operation('removeGlobalConcurrency', 2, nothing, (stage) => stage.queue.removeGlobalConcurrency()),
  operation('rateLimit', 1, nothing, (stage) => stage.queue.rateLimit(HOUR_MS)),
  operation('removeRateLimitKey', 3, nothing, (stage) => stage.queue.removeRateLimitKey()),
  operation('getJobCounts', 1, nothing, (stage) => stage.queue.getJobCounts()),
  operation('getJobs', 2, listing, (stage, { types: of, start, end, asc }) => stage.queue.getJobs(of, start, end, asc)),
  operation('getCountsPerPriority', 1, nothing, (stage) => stage.queue.getCountsPerPriority([0, 1, 2, 3, 4])),
  operation('isMaxed', 1, nothing, (stage) => stage.queue.isMaxed()),
];
