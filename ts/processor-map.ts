import { extname } from 'node:path';

import type { Job } from './job';
import type { NativeProcessor } from './native';
import { isProcessorFile } from './sandbox/processor-file';
import type { JobProgress, Processor, Untyped } from './types';

/** Key under which a native processor's function carries its native handle; shared by all copies of the package in a process. */
const HANDLE: unique symbol = Symbol.for('@synapse/queue.nativeProcessor') as never;

/**
 * A processor that runs in Rust.
 *
 * In a worker's map of processors it runs its jobs without touching JavaScript. It is a function as well, to be called from a
 * processor of your own.
 */
export interface NativeJobProcessor<Data = Untyped, Result = Untyped> {
  (job: Job<Data, Result>, token?: string, signal?: AbortSignal): Promise<Result>;
  /** Tells it from a processor in JavaScript. */
  readonly isNative: true;
  /** @internal */
  readonly [HANDLE]: NativeProcessor;
}

/** What a map needs to know of a processor in Rust. Its call signature would keep TypeScript from typing the functions beside it. */
export type NativeMapEntry = Pick<NativeJobProcessor, 'isNative'>;

/** Processors by job name. A job of another name fails with `Unknown job type: <name>`. */
export type ProcessorMap<
  Data = Untyped,
  Result = Untyped,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> = Record<string, Processor<Data, Result, Name, Progress> | NativeMapEntry>;

/** Makes the function of a native handle. */
export function toJobProcessor<Data, Result>(
  handle: NativeProcessor,
  call: (job: Job<Data, Result>, token?: string, signal?: AbortSignal) => Promise<Result>,
): NativeJobProcessor<Data, Result> {
  return Object.assign(call, { isNative: true as const, [HANDLE]: handle });
}

/** The native handle of a processor, if it has one. */
export function nativeHandleOf(processor: object): NativeProcessor | undefined {
  return (processor as Partial<NativeJobProcessor>)[HANDLE];
}

/** The processors of a worker, sorted by who runs them. */
export interface SortedProcessors<Data, Result, Name extends string, Progress extends JobProgress> {
  /** Runs the jobs that come to JavaScript; absent for manual processing. */
  javascript: Processor<Data, Result, Name, Progress> | undefined;
  /** Whether `javascript` wants a signal. */
  wantsSignal(jobName: string): boolean;
  /** By job name. */
  native: [string, NativeProcessor][];
}

/** Whatever JavaScript may pass as a worker's processor, seen as a list of functions by job name. */
function isMap(given: object): boolean {
  const processors: unknown[] = Array.isArray(given) ? [] : Object.values(given);
  return processors.length > 0 && processors.every((processor) => typeof processor === 'function');
}

/**
 * What a worker was given as its processor: nothing falsy is one.
 *
 * @throws `TypeError` for what is neither a function nor a map of functions; BullMQ takes it for a path, and so reads the message.
 */
export function processorOf<Given>(given: Given): Given | undefined {
  if (!given) {
    return undefined;
  }
  const isProcessor =
    typeof given === 'function' || isProcessorFile(given) || (typeof given === 'object' && isMap(given));
  if (!isProcessor) {
    extname(given as string);
  }
  return given;
}

/** A processor declares this many parameters to be handed a signal. */
const PARAMETERS_WITH_SIGNAL = 3;

/** Sorts what a worker was given as its processor. */
export function sortProcessors<Data, Result, Name extends string, Progress extends JobProgress>(
  given: Processor<Data, Result, Name, Progress> | ProcessorMap<Data, Result, Name, Progress> | null | undefined,
): SortedProcessors<Data, Result, Name, Progress> {
  if (typeof given === 'function' || given === null || given === undefined) {
    return {
      javascript: given ?? undefined,
      wantsSignal: () => (given?.length ?? 0) >= PARAMETERS_WITH_SIGNAL,
      native: [],
    };
  }
  const entries = Object.entries(given);
  const native = entries.flatMap(([name, processor]): [string, NativeProcessor][] => {
    const handle = nativeHandleOf(processor);
    return handle ? [[name, handle]] : [];
  });
  const functions = new Map(
    entries.filter((entry): entry is [string, Processor<Data, Result, Name, Progress>] => !nativeHandleOf(entry[1])),
  );
  return {
    javascript: async (job, token, signal) => {
      const processor = functions.get(job.name);
      if (!processor) {
        throw new Error(`Unknown job type: ${job.name}`);
      }
      return processor(job, token, signal);
    },
    wantsSignal: (jobName) => (functions.get(jobName)?.length ?? 0) >= PARAMETERS_WITH_SIGNAL,
    native,
  };
}
