import type { Job, BulkJob } from '../job';
import type { JobsOptions } from '../options/job-options';
import type { Queue } from '../queue';
import { bulkCarryingContext, carryingContext } from './job-context';
import { SpanKind, TelemetryAttributes } from './names';
import type { SpanRule, SpanRules } from './traced-methods';

/** `add(name, data, opts)` or, for a job without a name, `add(data, opts)`. */
type AddArgs = [name: string, data: unknown, opts?: JobsOptions] | [data: object, opts?: JobsOptions];

const ADD: SpanRule<AddArgs, Job> = {
  kind: SpanKind.PRODUCER,
  destination: (queueName, [first]) => (typeof first === 'string' ? `${queueName}.${first}` : queueName),
  carrying: (args, metadata) =>
    typeof args[0] === 'string'
      ? [args[0], args[1], carryingContext(args[2], metadata)]
      : [args[0], carryingContext(args[1] as JobsOptions | undefined, metadata)],
  results: ({ name, id }) => ({ [TelemetryAttributes.JobName]: name, [TelemetryAttributes.JobId]: id }),
};

const ADD_BULK: SpanRule<[jobs: BulkJob<unknown, string>[]], Job[]> = {
  kind: SpanKind.PRODUCER,
  attributes: ([jobs]) => ({
    [TelemetryAttributes.BulkNames]: jobs.map(({ name }) => name),
    [TelemetryAttributes.BulkCount]: jobs.length,
  }),
  carrying: ([jobs], metadata) => [bulkCarryingContext(jobs, metadata)],
};

const OTHERS: SpanRules<Queue> = {
  pause: {},
  resume: {},
  obliterate: {},
  close: {},
  drain: { attributes: ([delayed = false]) => ({ [TelemetryAttributes.QueueDrainDelay]: delayed }) },
  clean: {
    results: (jobIds, [grace, limit, type = 'completed']) => ({
      [TelemetryAttributes.QueueGrace]: grace,
      [TelemetryAttributes.JobType]: type,
      [TelemetryAttributes.QueueCleanLimit]: limit,
      [TelemetryAttributes.QueueCleanCount]: jobIds.length,
    }),
  },
  retryJobs: {
    kind: SpanKind.PRODUCER,
    attributes: ([options = {}]) => ({ [TelemetryAttributes.QueueOptions]: JSON.stringify(options) }),
  },
  promoteJobs: {
    attributes: ([options = {}]) => ({ [TelemetryAttributes.QueueOptions]: JSON.stringify(options) }),
  },
  remove: {
    attributes: ([jobId, { removeChildren = true } = {}]) => ({
      [TelemetryAttributes.JobId]: jobId,
      [TelemetryAttributes.JobOptions]: JSON.stringify({ removeChildren }),
    }),
  },
  updateJobProgress: {
    attributes: ([jobId, progress]) => ({
      [TelemetryAttributes.JobId]: jobId,
      [TelemetryAttributes.JobProgress]: JSON.stringify(progress),
    }),
  },
  trimEvents: { attributes: ([maxLength]) => ({ [TelemetryAttributes.QueueEventMaxLength]: maxLength }) },
  rateLimit: { attributes: ([expireTimeMs]) => ({ [TelemetryAttributes.QueueRateLimit]: expireTimeMs }) },
  removeDeduplicationKey: { attributes: ([id]) => ({ [TelemetryAttributes.DeduplicationKey]: id }) },
};

/** How the methods of a queue are traced. */
export const QUEUE_SPANS: Record<string, SpanRule> = { add: ADD, addBulk: ADD_BULK, ...OTHERS };
