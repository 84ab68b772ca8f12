import { isAnyArrayBuffer } from 'node:util/types';

import { InvalidJobDataError, InvalidOptionError } from './errors';
import type { JobsOptions } from './options/job-options';

/** Every text that bytes leave behind in JSON: a Buffer, a typed array that is not empty, an ArrayBuffer (an empty object). */
const TRACE_OF_BYTES = /"type":"Buffer"|\{"0":|\{\}/;

/**
 * The JSON text of job data; `undefined` is stored as an empty object.
 *
 * @throws `InvalidJobDataError` for bytes anywhere in it; `TypeError` for what JSON cannot express (cycles, `BigInt`).
 */
export function stringifyJobData(data: unknown): string {
  const text = (JSON.stringify(data) as string | undefined) ?? '{}';
  // Looking at the text first spares the walk for almost all data.
  if (typeof data === 'object' && TRACE_OF_BYTES.test(text)) {
    refuseBytes(data, 'data');
  }
  return text;
}

function refuseBytes(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) {
    const kind = value.constructor.name;
    throw new InvalidJobDataError(
      `job data must not contain bytes (${kind} at \`${path}\`): write them to a file and pass its path`,
    );
  }
  for (const [key, child] of Object.entries(value)) {
    refuseBytes(child, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
  }
}

/**
 * The JSON text of a job's options.
 *
 * @throws `InvalidOptionError` for a delay or priority that JSON cannot express: as `null`, the job would run at once.
 */
export function stringifyJobOptions(opts: JobsOptions): string {
  const { delay, priority } = opts;
  if (typeof priority === 'number' && !Number.isFinite(priority)) {
    throw new InvalidOptionError('Priority should be between 0 and 2097151');
  }
  if (typeof delay === 'number' && !Number.isFinite(delay)) {
    throw new InvalidOptionError(`delay must be a finite number of milliseconds, got ${delay}`);
  }
  return JSON.stringify(opts);
}

/** The JSON text of a value that may be `undefined`, which is stored as `null`. */
export function stringifyValue(value: unknown): string {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the library's types leave out that it may be undefined
  return JSON.stringify(value) ?? 'null';
}
