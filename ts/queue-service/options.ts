import type { Logger } from '../logger';
import type { ConnectionOptions } from '../options/connection-options';
import type { DefaultJobOptions } from '../options/job-options';
import type { QueueName } from '../queue-names';

/** How long an add may wait for Redis, ms, unless the service is told otherwise. */
export const DEFAULT_DEADLINE_MS = 5000;

/** Options of {@link QueueService}. */
export interface QueueServiceOptions {
  /** Where Redis is. Default: `REDIS_URL`, else `REDIS_HOST`, `REDIS_PORT` and `REDIS_PASSWORD`, else `127.0.0.1:6379`. */
  connection?: ConnectionOptions | undefined;
  /** First part of all keys. Default `bull`. */
  prefix?: string | undefined;
  /** Told of every job that was added, or was not. Default: `console`. */
  logger?: Logger | undefined;
  /** Job options that differ from the built-in ones ({@link BUILT_IN_QUEUES}), by queue; each replaces the option of its name. */
  queues?: Partial<Record<QueueName, DefaultJobOptions>> | undefined;
  /** How long a call may wait for Redis, ms, at least 1, before it rejects with `QueueUnavailableError`. Default 5000. */
  deadlineMs?: number | undefined;
}
