import type { Job } from 'bullmq';
import * as fc from 'fast-check';

import { index, operation, type Operation } from './operation';
import type { Stage } from './stage';

/** Something done to any job, whatever state it is in. */
function ofJob<Parameters>(
  name: string,
  weight: number,
  parameters: fc.Arbitrary<Parameters>,
  make: (job: Job, parameters: Parameters, stage: Stage) => Promise<unknown>,
): Operation {
  return operation(name, weight, fc.record({ index, parameters }), async (stage: Stage, { index: at, parameters }) => {
    const job = await stage.job(at);
    if (job === undefined) return 'no such job';
    return [await make(job, parameters, stage), job];
  });
}

const state = fc.constantFrom('failed', 'completed');

export const managing: readonly Operation[] = [
  ofJob('updateProgress', 1, fc.oneof(fc.nat({ max: 100 }), fc.record({ done: fc.boolean() })), (job, progress) =>
    job.updateProgress(progress),
  ),
  ofJob('updateData', 1, fc.record({ changed: fc.nat() }), (job, data) => job.updateData(data)),
  ofJob('log', 1, fc.constantFrom('row', 'another row'), (job, row) => job.log(row)),
  ofJob('clearLogs', 1, fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }), (job, keep) =>
    job.clearLogs(keep),
  ),
  ofJob(
    'retry',
    3,
    fc.record({ state, resets: fc.record({ resetAttemptsMade: fc.boolean(), resetAttemptsStarted: fc.boolean() }) }),
    (job, { state: from, resets }) => job.retry(from, resets),
  ),
  ofJob('promote', 2, fc.constant(null), (job) => job.promote()),
  ofJob('changeDelay', 2, fc.nat({ max: 6000 }), (job, delay) => job.changeDelay(delay)),
  ofJob(
    'changePriority',
    2,
    fc.record({ priority: fc.nat({ max: 4 }), lifo: fc.boolean() }),
    (job, { priority, lifo }, stage) =>
      stage.isParent(job.id ?? '') ? Promise.resolve('a parent') : job.changePriority({ priority, lifo }),
  ),
  ofJob('remove', 2, fc.constant(null), (job, _, stage) => stage.removeTree(job.id ?? '', () => job.remove())),
  operation('queue.remove', 1, index, (stage, at) => {
    const id = stage.id(at);
    return stage.removeTree(id, () => stage.queue.remove(id));
  }),
];
