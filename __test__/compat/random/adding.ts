import type { JobsOptions } from 'bullmq';
import * as fc from 'fast-check';

import { operation, type Operation } from './operation';

/** Leaves properties out rather than setting them to `undefined`: the two are stored differently. */
function some<T>(properties: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(properties, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

const retention = fc.oneof(
  fc.boolean(),
  fc.nat({ max: 3 }),
  fc.record({ count: fc.nat({ max: 3 }) }),
  fc.record({ age: fc.integer({ min: 1, max: 10 }) }),
);

const backoff = fc.oneof(
  fc.nat({ max: 3000 }),
  fc.record({ type: fc.constantFrom('fixed', 'exponential'), delay: fc.nat({ max: 3000 }) }),
);

/** Options of a job; custom ids come from a few, so that some exist already. */
export const jobOptions: fc.Arbitrary<JobsOptions> = fc
  .tuple(
    some<JobsOptions>({
      attempts: fc.integer({ min: 1, max: 3 }),
      backoff,
      removeOnComplete: retention,
      removeOnFail: retention,
      keepLogs: fc.integer({ min: 1, max: 2 }),
      stackTraceLimit: fc.nat({ max: 2 }),
    }),
    fc.oneof(
      fc.constant({}),
      fc.record({ delay: fc.nat({ max: 9000 }) }),
      fc.record({ priority: fc.nat({ max: 4 }) }),
      fc.record({ delay: fc.nat({ max: 9000 }), priority: fc.nat({ max: 4 }) }),
      fc.record({ lifo: fc.boolean() }),
    ),
    fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, fc.record({ jobId: fc.constantFrom('a', 'b', 'c') })),
  )
  .map(([kept, order, identity]) => ({ ...kept, ...order, ...identity }));

const newJob = fc.record({
  name: fc.constantFrom('paint', 'print'),
  data: fc.oneof(fc.nat(), fc.string(), fc.record({ n: fc.nat(), list: fc.array(fc.boolean()) })),
  opts: jobOptions,
});

export const adding: readonly Operation[] = [
  operation('add', 10, newJob, async (stage, { name, data, opts }) => {
    const job = await stage.queue.add(name, data, opts);
    stage.know(job);
    return job;
  }),
  operation('addBulk', 3, fc.array(newJob, { minLength: 1, maxLength: 4 }), async (stage, jobs) => {
    const added = await stage.queue.addBulk(jobs);
    stage.know(...added);
    return added;
  }),
];
