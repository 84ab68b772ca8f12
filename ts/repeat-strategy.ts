import { NextIterationError } from './errors';
import type { Job } from './job';
import { localZone } from './local-zone';
import { nextSlot } from './native';
import { answer, calling } from './native-answer';
import type { RepeatOptions, RepeatStrategy } from './options/scheduler-options';
import type { QueueLike } from './queue-like';
import { withTimes } from './schedule-times';

/**
 * What schedulers with a `pattern` do without a strategy of their own: the first match of the cron pattern after `millis` (ms since the
 * Unix epoch) between the start and the end of `opts`, or `undefined` if there is none. For strategies that add to cron.
 *
 * @throws `Error` for a pattern or a time zone that cannot be read.
 */
export function defaultRepeatStrategy(millis: number, opts: RepeatOptions): number | undefined {
  return calling(() => nextSlot(JSON.stringify(withTimes(opts)), millis, localZone())) ?? undefined;
}

/**
 * Adds the next job of the scheduler that `job` belongs to, if its slot is for the user's strategy to say.
 *
 * @throws `NextIterationError` `Failed to add repeatable job for next iteration: …`.
 */
export async function addIterationByStrategy(queue: QueueLike, strategy: RepeatStrategy, job: Job): Promise<void> {
  if (job.repeatJobKey === undefined) {
    return;
  }
  try {
    const scheduled = {
      id: job.id ?? '',
      schedulerId: job.repeatJobKey,
      options: JSON.stringify(job.opts),
      ...(job.deduplicationId !== undefined && { deduplicationId: job.deduplicationId }),
    };
    const after = calling(() => queue.native.slotToAsk(scheduled, Date.now()));
    if (after === null) {
      return;
    }
    const chosen = await strategy(after, repeatOf(job), job.name);
    if (chosen) {
      await answer(queue.native.addIteration(scheduled, chosen, Date.now()));
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NextIterationError(`Failed to add repeatable job for next iteration: ${reason}`, { cause: error });
  }
}

function repeatOf(job: Job): RepeatOptions {
  return (job.opts as { repeat?: RepeatOptions }).repeat ?? {};
}
