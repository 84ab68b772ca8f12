import { numberOf } from './javascript-values';
import { workerDefaults, type NativeWorkerDefaults, type NativeWorkerOptions } from './native';
import type { WorkerOptions } from './options/worker-options';

/** Options that are numbers. */
const NUMBERS = [
  'lockDuration',
  'lockRenewTime',
  'maxBlocked',
  'stalledInterval',
  'maxStalledCount',
  'maxStartedAttempts',
  'drainDelay',
  'retentionInterval',
  'runRetryDelay',
  'maximumRateLimitDelay',
] as const;

/**
 * The options that the engine reads. Numbers may come as texts, out of environment variables, and what is `null` is not given; what
 * is no number is refused by the engine, by name.
 */
export function nativeWorkerOptions(opts: WorkerOptions): NativeWorkerOptions {
  const { connection, prefix, settings, autorun, skipVersionCheck, telemetry, ...others } = opts;
  const { useWorkerThreads, workerForkOptions, workerThreadsOptions, limiter, concurrency, ...read } = others;
  const given: Record<string, unknown> = { ...read };
  for (const name of NUMBERS) {
    given[name] = optionalNumber(read[name]);
  }
  // What is no interval counts as not given, as in BullMQ.
  if (Number.isNaN(given['lockRenewTime']) || given['lockRenewTime'] === 0) {
    delete given['lockRenewTime'];
  }
  given['limiter'] = rateLimiter(limiter);
  given['concurrency'] = concurrency === undefined ? undefined : jobsAtOnce(concurrency);
  return given;
}

/** What `worker.opts` shows for options that were not given. */
export function defaultsOf(opts: WorkerOptions): NativeWorkerDefaults {
  return workerDefaults(optionalNumber(opts.lockDuration));
}

/** Refused by the engine if it is no number; a numeric text is none, as in BullMQ. */
export function jobsAtOnce(concurrency: unknown): number {
  return typeof concurrency === 'number' ? concurrency : NaN;
}

/** No limit without `max`. */
function rateLimiter(limiter: WorkerOptions['limiter'] | null): NativeWorkerOptions['limiter'] {
  const max = optionalNumber(limiter?.max);
  return max === undefined ? undefined : { max, duration: numberOf(limiter?.duration) };
}

function optionalNumber(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : numberOf(value);
}
