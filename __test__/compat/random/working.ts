import type { Job, JobJson } from 'bullmq';
import * as fc from 'fast-check';

import { index, nothing, operation, type Operation } from './operation';
import type { HeldJob, Stage } from './stage';

const ending = fc.record({ index, takesNext: fc.boolean() });

/** What ends a job may also bring the next one. Without one, the answer says no more than it has to. */
function takeNext(stage: Stage, token: string, answer: unknown): unknown {
  const [next, id, ...rest] = (answer ?? []) as [JobJson?, string?];
  if (!next || id === undefined) return 'no job';
  const job = stage.world.api.Job.fromJSON(stage.worker, next, id);
  stage.hold(job, token);
  return [job, ...rest];
}

function finish(stage: Stage, at: { index: number; takesNext: boolean }, end: Finish): Promise<unknown> {
  return stage.release(at.index, async ({ job, token }) =>
    takeNext(stage, token, await end({ job, token }, at.takesNext)),
  );
}

type Finish = (held: HeldJob, takesNext: boolean) => Promise<unknown>;

/** The job's own fields have changed as well. */
async function withFields(job: Job, call: Promise<unknown>): Promise<unknown> {
  return [await call, job];
}

export const working: readonly Operation[] = [
  operation('getNextJob', 12, nothing, async (stage) => {
    const token = stage.nextToken();
    const job = (await stage.worker.getNextJob(token, { block: false })) as Job | undefined;
    stage.hold(job, token);
    return job;
  }),
  operation('moveToCompleted', 6, ending, (stage, at) =>
    finish(stage, at, ({ job, token }, takesNext) => job.moveToCompleted({ by: token }, token, takesNext)),
  ),
  operation('moveToFailed', 6, ending, (stage, at) =>
    finish(stage, at, ({ job, token }, takesNext) => job.moveToFailed(new Error('boom'), token, takesNext)),
  ),
  operation('moveToFailed for good', 1, ending, (stage, at) =>
    finish(stage, at, ({ job, token }, takesNext) =>
      job.moveToFailed(new stage.world.api.UnrecoverableError('never'), token, takesNext),
    ),
  ),
  operation('moveToDelayed', 2, fc.record({ index, delay: fc.nat({ max: 5000 }) }), (stage, { index: at, delay }) =>
    stage.release(at, ({ job, token }) => job.moveToDelayed(stage.world.clock.now + delay, token)),
  ),
  operation('moveToWait', 2, index, (stage, at) =>
    stage.release(at, async ({ job, token }) => ((await job.moveToWait(token)) > 0 ? 'limited' : 'not limited')),
  ),
  operation('lose a lock', 1, index, (stage, at) => stage.loseLock(at)),
  operation('extendLock', 1, index, async (stage, at) => {
    const held = stage.held[at % Math.max(stage.held.length, 1)];
    return held && withFields(held.job, held.job.extendLock(held.token, 60_000));
  }),
];
