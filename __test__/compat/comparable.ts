import type { Job } from 'bullmq';

import type { KeyDump } from './keyspace';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TOKEN = /<uuid>:\d+/g;
const JSON_FIELDS = new Set(['data', 'opts', 'parent', 'progress', 'returnvalue']);

/** Written by BullMQ when an attempt of a traced job fails, and read by nobody: later attempts follow the job's options. */
const UNREAD = 'tm';

const JOB_FIELDS = [
  ...([
    'id',
    'name',
    'data',
    'opts',
    'progress',
    'returnvalue',
    'delay',
    'priority',
    'timestamp',
    'failedReason',
  ] as const),
  ...(['attemptsStarted', 'attemptsMade', 'stalledCounter', 'deferredFailure', 'finishedOn', 'processedOn'] as const),
  ...(['parentKey', 'parent', 'deduplicationId', 'repeatJobKey', 'token', 'processedBy'] as const),
  ...(['queueName', 'prefix', 'queueQualifiedName'] as const),
];

/** What bullmq leaves undefined or null, at times, and the types say is a number or absent. */
const ABSENT: Partial<Record<(typeof JOB_FIELDS)[number], unknown>> = { delay: 0, priority: 0, returnvalue: null };

/** Makes values of the two sides comparable: what differs from run to run is replaced by what it stands for. */
export class Comparable {
  readonly #prefix: string;

  /** @param prefix the side's own key prefix */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** A value that a call returned or threw, or an event handed out. */
  of(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Error) return this.#error(value);
    if (Array.isArray(value)) return value.map((item) => this.of(item));
    if (isJob(value)) return { job: this.#job(value) };
    return this.#object(value);
  }

  /** A key as it stands in Redis. */
  key({ type, value, expires }: KeyDump): unknown {
    const comparable =
      type === 'hash' ? this.#hash(value as Record<string, string>) : this.of(this.#pairs(type, value));
    return expires === undefined ? { [type]: comparable } : { [type]: comparable, expires };
  }

  #text(text: string): string {
    return text.replaceAll(this.#prefix, '<prefix>').replace(UUID, '<uuid>').replace(TOKEN, '<token>');
  }

  /** Classes and textual codes of errors may be finer than BullMQ's; users compare messages and numeric codes. */
  #error(error: Error & { code?: unknown }): unknown {
    return { message: this.#text(error.message), code: typeof error.code === 'number' ? error.code : undefined };
  }

  #object(value: object): unknown {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined && typeof item !== 'function');
    return Object.fromEntries(entries.map(([name, item]) => [this.#text(name), this.of(item)]));
  }

  #job(job: Job): unknown {
    const fields = JOB_FIELDS.map((name): [string, unknown] => [name, this.of(job[name] ?? ABSENT[name])]);
    return { ...Object.fromEntries(fields), stacktrace: job.stacktrace && this.of(firstLines(job.stacktrace)) };
  }

  #hash(hash: Record<string, string>): unknown {
    const shown = Object.entries(hash).filter(([name]) => name !== UNREAD);
    const fields = shown.map(([name, text]) => [this.#text(name), this.of(readField(name, text))] as const);
    return Object.fromEntries(fields);
  }

  #pairs(type: string, value: unknown): unknown {
    if (type !== 'stream') return value;
    return (value as string[][]).map((fields) => {
      const entry: Record<string, unknown> = {};
      for (let i = 0; i + 1 < fields.length; i += 2) entry[fields[i] ?? ''] = fields[i + 1];
      return entry;
    });
  }
}

function isJob(value: object): value is Job {
  return 'queueQualifiedName' in value && 'attemptsStarted' in value && 'updateProgress' in value;
}

/** JSON is compared by what it means: the order of its keys is nobody's promise. */
function readField(name: string, text: string): unknown {
  if (name === 'stacktrace') return firstLines(JSON.parse(text) as string[]);
  return JSON_FIELDS.has(name) ? { json: JSON.parse(text) as unknown } : text;
}

/** The other lines of a stack name the files of the library. */
function firstLines(stacktrace: readonly string[]): unknown[] {
  return stacktrace.map((stack) => stack.split('\n', 1)[0]);
}
