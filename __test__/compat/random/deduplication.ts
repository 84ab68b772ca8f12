import * as fc from 'fast-check';

import { operation, type Operation } from './operation';

/** Longer than any run: Redis' own clock, which a run does not move, ends it. */
const HOUR_MS = 3_600_000;

const id = fc.constantFrom('x', 'y');
const rules = fc.oneof(
  fc.record({ id }),
  fc.record({ id, ttl: fc.constant(HOUR_MS), extend: fc.boolean(), replace: fc.boolean() }),
  fc.record({ id, keepLastIfActive: fc.constant(true) }),
);
const deduplicated = fc.record({ deduplication: rules, delay: fc.constantFrom(0, 0, 4000) });

export const deduplication: readonly Operation[] = [
  operation('add deduplicated', 5, deduplicated, async (stage, opts) => {
    const job = await stage.queue.add('paint', {}, opts);
    stage.know(job);
    return job.id;
  }),
  operation('getDeduplicationJobId', 1, id, (stage, of) => stage.queue.getDeduplicationJobId(of)),
  operation('removeDeduplicationKey', 1, id, (stage, of) => stage.queue.removeDeduplicationKey(of)),
];
