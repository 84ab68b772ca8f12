import type { Job, JobSchedulerTemplateOptions, RepeatOptions } from 'bullmq';
import * as fc from 'fast-check';

import { nothing, operation, type Operation } from './operation';

const id = fc.constantFrom('tick', 'tock');
const interval = fc.record(
  {
    every: fc.constantFrom(1, 700, 1000, 2500, 60_000),
    limit: fc.integer({ min: 1, max: 4 }),
    offset: fc.nat({ max: 3000 }),
  },
  { requiredKeys: ['every'] },
);
const pattern = fc.record(
  {
    pattern: fc.constantFrom('* * * * * *', '*/3 * * * * *', '*/10 * * * *', '0 12 * * 1'),
    tz: fc.constantFrom('UTC', 'Europe/Berlin'),
    limit: fc.integer({ min: 1, max: 4 }),
    immediately: fc.boolean(),
  },
  { requiredKeys: ['pattern', 'tz'] },
);
/** Ms from the time of the call. */
const bounds = fc.constantFrom<{ start?: number; end?: number }>(
  {},
  {},
  {},
  { start: 2500 },
  { start: -500 },

  { end: 6000 },
);
const jobs = fc.constantFrom<JobSchedulerTemplateOptions>(
  {},
  {},
  { priority: 2 },
  { attempts: 2, backoff: 1500 },
  { removeOnComplete: true, removeOnFail: 1 },
  { lifo: true },
);

export const scheduling: readonly Operation[] = [
  operation(
    'upsertJobScheduler',
    4,
    fc.record({ id, repeat: fc.oneof(interval, pattern), bounds, jobs }),
    async (stage, given) => {
      // bullmq then takes no notice of the job that waits, and adds another beside it.
      if ((await stage.queue.isPaused()) && (await stage.spares('wait'))) return 'a job of a scheduler waits';
      // bullmq then writes over the job that runs, which is active and delayed at once.
      if (await stage.runsEarly(given.id)) return 'a job of the scheduler runs before its time';
      const { start, end } = given.bounds;
      const { now } = stage.world.clock;
      const repeat: Omit<RepeatOptions, 'key'> = {
        ...given.repeat,
        ...(start !== undefined && { startDate: now + start }),
        ...(end !== undefined && { endDate: now + end }),
      };
      const template = { name: 'beat', data: { by: given.id }, opts: given.jobs };
      const job = (await stage.queue.upsertJobScheduler(given.id, repeat, template)) as Job | undefined;
      stage.know(job);
      // The options that bullmq's answer carries are not those it stores; the stored ones are compared.
      return job && [job.id, job.name, job.data as unknown, job.delay, job.timestamp, job.priority, job.repeatJobKey];
    },
  ),
  operation('removeJobScheduler', 1, id, (stage, of) => stage.queue.removeJobScheduler(of)),
  operation('getJobScheduler', 1, id, (stage, of) => stage.queue.getJobScheduler(of)),
  operation('getJobSchedulers', 1, nothing, (stage) => stage.queue.getJobSchedulers()),
];
