import { randomUUID } from 'node:crypto';

/** URL of the run's own Redis. */
export function redisUrl(): string {
  const url = process.env['SYNAPSE_TEST_REDIS_URL'];
  if (url === undefined) throw new Error('SYNAPSE_TEST_REDIS_URL is set by the global set-up of Jest');
  return url;
}

/** A queue prefix that no other test uses. */
export function uniquePrefix(): string {
  return `test-${randomUUID()}`;
}
