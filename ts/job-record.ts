import { LazyJson } from './lazy-json';
import { showJobOptions } from './native';
import type { JobsOptions } from './options/job-options';
import type { JobProgress, ParentKeys } from './types';

/** Lines of one job in a batch from the engine: a header and the JSON texts that pass through untouched. */
export const LINES_PER_JOB = 4;

/** Lines of a job after its header. */
export const TEXTS_PER_JOB = LINES_PER_JOB - 1;

/** First line of a job in a batch; fields that hold their initial value are left out. */
export interface JobHeader {
  id: string;
  name: string;
  timestamp: number;
  delay?: number;
  priority?: number;
  attemptsStarted?: number;
  attemptsMade?: number;
  stalledCounter?: number;
  processedOn?: number;
  finishedOn?: number;
  processedBy?: string;
  failedReason?: string;
  deferredFailure?: string;
  /** JSON text. */
  progress?: string;
  /** JSON text, an array of strings. */
  stacktrace?: string;
  /** JSON text. */
  parent?: string;
  parentKey?: string;
  repeatJobKey?: string;
  deduplicationId?: string;
}

/** The parts of a job that only a few readers look at, parsed on first access. */
export interface JobTexts<Data, Result> {
  data: LazyJson<Data>;
  opts: LazyJson<JobsOptions>;
  returnvalue: LazyJson<Result>;
}

/** One job as the engine hands it over. */
export interface JobRecord<Data, Result> {
  header: JobHeader;
  texts: JobTexts<Data, Result>;
}

/** Reads the job whose lines begin at `first`. */
export function readJobRecord<Data, Result>(lines: readonly string[], first: number): JobRecord<Data, Result> {
  return toJobRecord(JSON.parse(lines[first] ?? '') as JobHeader, lines, first + 1);
}

/** The job with this header whose texts begin at `first`: opts, data and return value (empty while there is none). */
export function toJobRecord<Data, Result>(
  header: JobHeader,
  lines: readonly string[],
  first: number,
): JobRecord<Data, Result> {
  const returnvalue = lines[first + 2] ?? '';
  return {
    header,
    texts: {
      opts: LazyJson.parsing(lines[first] ?? '', parseShownOptions),
      data: LazyJson.parsing(lines[first + 1] ?? ''),
      returnvalue:
        returnvalue === '' ? LazyJson.of<Result>(null as Result) : LazyJson.parsing<Result>(returnvalue, textOrValue),
    },
  };
}

function parseShownOptions(stored: string): JobsOptions {
  return JSON.parse(showJobOptions(stored)) as JobsOptions;
}

/** Return values written by others may be plain text. */
export function textOrValue<Result>(text: string): Result {
  try {
    return JSON.parse(text) as Result;
  } catch {
    return text as Result;
  }
}

/** What a finished job shows as its return value, as in BullMQ: nothing for a falsy one, which Redis and the `completed` event have. */
export function returnvalueOf<Result>(result: Result): Result {
  return result ? result : (undefined as Result);
}

/** Progress as stored: JSON, or plain text written by others; what JSON has no value for reads as no progress, 0. */
export function parseProgress<Progress extends JobProgress>(text: string): Progress {
  return textOrValue<Progress | null>(text) ?? (0 as Progress);
}

/** The parent as stored. */
export function parseParent(text: string): ParentKeys {
  return JSON.parse(text) as ParentKeys;
}
