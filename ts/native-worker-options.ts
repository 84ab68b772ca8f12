import { workerDefaults, type NativeWorkerDefaults, type NativeWorkerOptions } from './native';
import type { WorkerOptions } from './options/worker-options';

/**
 * The options that the engine reads. Numbers may come as texts, out of environment variables, and what is `null` is not given; what
 * is no number is refused by the engine, by name.
 */
export function nativeWorkerOptions(opts: WorkerOptions): NativeWorkerOptions {
  const { connection, prefix, settings, autorun, skipVersionCheck, telemetry, ...others } = opts;
  const { useWorkerThreads, workerForkOptions, workerThreadsOptions, name, concurrency, ...read } = others;
  return {
    ...withNumbers(read),
    ...(name !== undefined && { name }),
    ...(concurrency !== undefined && { concurrency: jobsAtOnce(concurrency) }),
  };
}

/** What `worker.opts` shows for options that were not given. */
export function defaultsOf(opts: WorkerOptions): NativeWorkerDefaults {
  return workerDefaults(nativeWorkerOptions(opts).lockDuration);
}

/** Refused by the engine if it is no number; a numeric text is none, as in BullMQ. */
export function jobsAtOnce(concurrency: unknown): number {
  return typeof concurrency === 'number' ? concurrency : NaN;
}

/** The same options, also those inside others, with texts read as numbers and without what is `null`. */
function withNumbers(options: object): object {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== null)
      .map(([name, value]: [string, unknown]) => [name, numberIfText(value)]),
  );
}

function numberIfText(value: unknown): unknown {
  if (typeof value === 'string') return Number(value);
  return typeof value === 'object' && value !== null ? withNumbers(value) : value;
}
