import { LazyJson } from './lazy-json';
import { parseParent, parseProgress, type JobHeader, type JobRecord, type JobTexts } from './job-record';
import { calling } from './native-answer';
import { encodeJobOptions, parentOfOptions } from './native';
import type { JobsOptions } from './options/job-options';
import type { QueueLike } from './queue-like';
import { stringifyJobOptions, stringifyValue } from './job-data';
import type { JobJson, JobProgress, ParentKeys } from './types';

/** @internal Stands for the options of a job that is made of a record, which brings all else. */
export const OF_RECORD: JobsOptions = Object.freeze({});

/** Fields that a job shows as absent when a header leaves them out. */
type SeldomFields = Record<'processedBy' | 'failedReason' | 'deferredFailure', string | undefined> &
  Record<'processedOn' | 'finishedOn', number | undefined>;

/** What is known of a job, without the operations on it. Times are ms since the Unix epoch. */
export class JobFields<Data, Result, Name extends string, Progress extends JobProgress> {
  /** Unique within the queue. */
  id?: string;
  /** What kind of work this is. */
  name: Name;
  /** What the processor reported last; 0 before that. */
  progress: Progress = 0 as Progress;
  /** Stack traces of failed attempts, oldest first. */
  stacktrace: string[] | null = null;
  /** Ms from `timestamp` until the job may run. */
  delay!: number;
  /** 0 = none, else 1 (most urgent) to 2097151. */
  priority!: number;
  /** When it was added. */
  timestamp!: number;
  /** How often a worker has taken it. */
  attemptsStarted = 0;
  /** How many attempts have ended. */
  attemptsMade = 0;
  /** How often its worker vanished. */
  stalledCounter = 0;
  /** Why the last attempt failed. */
  failedReason!: string;
  /** Why it will fail at its next pick-up. */
  deferredFailure!: string;
  /** When it completed or failed for good. */
  finishedOn?: number;
  /** When a worker last took it. */
  processedOn?: number;
  /** Full key of the parent job. */
  parentKey?: string;
  /** The parent job. */
  parent?: ParentKeys;
  /** Deduplication it holds. */
  deduplicationId?: string;
  /** Scheduler it belongs to. */
  repeatJobKey?: string;
  /** Lock token, while this process works on it. */
  token?: string;
  /** Name of the worker that took it last. */
  processedBy?: string;
  /** `<prefix>:<queue name>` */
  readonly queueQualifiedName: string;

  /** Parsed on first access; not part of the job's JSON. */
  protected texts!: JobTexts<Data, Result>;

  /**
   * A job that is not in Redis yet; use `queue.add` or {@link Job.create} to add one.
   *
   * `opts` that cannot work are refused when the job is added.
   */
  // BullMQ's signature.
  // eslint-disable-next-line max-params
  constructor(
    /** What holds the job. */
    protected readonly queue: QueueLike,
    name: Name,
    data: Data,
    opts: JobsOptions = {},
    id?: string,
  ) {
    this.name = name;
    this.queueQualifiedName = queue.qualifiedName;
    if (opts === OF_RECORD) {
      return;
    }
    this.timestamp = opts.timestamp ?? Date.now();
    // As in BullMQ, absent until the job is read from Redis.
    this.delay = opts.delay as number;
    this.priority = opts.priority ?? 0;
    const given = stringifyJobOptions(opts);
    this.texts = {
      data: LazyJson.of(data),
      opts: LazyJson.parsing(given, (text) => resolveOptions(queue, text)),
      returnvalue: LazyJson.of(null as Result),
    };
    if (opts.deduplication) {
      this.deduplicationId = opts.deduplication.id;
    }
    if (opts.parent) {
      this.adoptParent(given);
    }
    const jobId = id ?? opts.jobId;
    if (jobId !== undefined) {
      this.id = jobId;
    }
  }

  /** @internal The fields of a record that the engine handed over. */
  static read(queue: QueueLike, record: JobRecord<unknown, unknown>): JobFields<unknown, unknown, string, JobProgress> {
    const fields = new JobFields<unknown, unknown, string, JobProgress>(
      queue,
      record.header.name,
      undefined,
      OF_RECORD,
    );
    fields.adopt(record);
    return fields;
  }

  /** @internal What holds the job. */
  static queueOf(job: { readonly queue: QueueLike } | object): QueueLike {
    return (job as { readonly queue: QueueLike }).queue;
  }

  /** The payload. */
  get data(): Data {
    return this.texts.data.get();
  }

  set data(data: Data) {
    this.texts.data = LazyJson.of(data);
  }

  /** The options it was added with, the queue's defaults included. */
  get opts(): JobsOptions {
    return this.texts.opts.get();
  }

  set opts(opts: JobsOptions) {
    this.texts.opts = LazyJson.of(opts);
  }

  /** What the processor returned; `null` before that. */
  get returnvalue(): Result {
    return this.texts.returnvalue.get();
  }

  set returnvalue(value: Result) {
    this.texts.returnvalue = LazyJson.of(value);
  }

  /** Name of the job's queue. */
  get queueName(): string {
    return this.queue.name;
  }

  /** Prefix of the job's queue. */
  get prefix(): string {
    return this.queueQualifiedName.slice(0, -this.queue.name.length - 1);
  }

  /** The job as plain values, without its ties to the queue. */
  toJSON(): object {
    return {
      name: this.name,
      data: this.data,
      opts: this.opts,
      id: this.id,
      progress: this.progress,
      returnvalue: this.returnvalue,
      stacktrace: this.stacktrace,
      delay: this.delay,
      priority: this.priority,
      attemptsStarted: this.attemptsStarted,
      attemptsMade: this.attemptsMade,
      stalledCounter: this.stalledCounter,
      failedReason: this.failedReason,
      deferredFailure: this.deferredFailure,
      repeatJobKey: this.repeatJobKey,
      timestamp: this.timestamp,
      finishedOn: this.finishedOn,
      processedOn: this.processedOn,
      processedBy: this.processedBy,
      parentKey: this.parentKey,
      parent: this.parent,
      deduplicationId: this.deduplicationId,
      token: this.token,
      queueQualifiedName: this.queueQualifiedName,
    };
  }

  /** The job in the form that processes exchange; {@link Job.fromJSON} is its inverse. */
  asJSON(): JobJson {
    const fields = {
      id: this.id,
      name: this.name,
      data: stringifyValue(this.data),
      opts: JSON.parse(calling(() => encodeJobOptions(JSON.stringify(this.opts)))) as object,
      progress: this.progress,
      attemptsMade: this.attemptsMade,
      attemptsStarted: this.attemptsStarted,
      stalledCounter: this.stalledCounter,
      finishedOn: this.finishedOn,
      processedOn: this.processedOn,
      timestamp: this.timestamp,
      failedReason: JSON.stringify(this.failedReason),
      stacktrace: JSON.stringify(this.stacktrace),
      returnvalue: stringifyValue(this.returnvalue),
      parent: this.parent,
      parentKey: this.parentKey,
      deduplicationId: this.deduplicationId,
      repeatJobKey: this.repeatJobKey,
    };
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as JobJson;
  }

  /** Takes over what the engine knows of the job. */
  protected adopt({ header, texts }: JobRecord<Data, Result>): void {
    this.texts = texts;
    this.adoptHeader(header);
  }

  /** The parent that these options name. */
  private adoptParent(opts: string): void {
    const named = calling(() => parentOfOptions(opts));
    if (named) {
      const [key, stored] = named;
      this.parentKey = key;
      this.parent = parseParent(stored);
    }
  }

  /** What a header leaves out holds its initial value, also on a job that is read again. */
  private adoptHeader(header: JobHeader): void {
    // One by one: every job that is taken passes here, and `Object.assign` costs several times as much.
    this.id = header.id;
    this.name = header.name as Name;
    this.timestamp = header.timestamp;
    this.delay = header.delay ?? 0;
    this.priority = header.priority ?? 0;
    this.attemptsStarted = header.attemptsStarted ?? 0;
    this.attemptsMade = header.attemptsMade ?? 0;
    this.stalledCounter = header.stalledCounter ?? 0;
    this.progress = header.progress === undefined ? (0 as Progress) : parseProgress(header.progress);
    this.stacktrace = header.stacktrace === undefined ? [] : (JSON.parse(header.stacktrace) as string[]);
    const seldom: SeldomFields = this as unknown as SeldomFields;
    seldom.processedOn = header.processedOn;
    seldom.finishedOn = header.finishedOn;
    seldom.processedBy = header.processedBy;
    // As in BullMQ: a job that failed without a message shows no reason.
    seldom.failedReason = header.failedReason === '' ? undefined : header.failedReason;
    seldom.deferredFailure = header.deferredFailure;
    this.adoptTies(header);
  }

  /** What ties the job to others, which it keeps when a header leaves it out. */
  private adoptTies({ parent, parentKey, repeatJobKey, deduplicationId }: JobHeader): void {
    if (parent !== undefined) {
      this.parent = parseParent(parent);
    }
    if (parentKey !== undefined) {
      this.parentKey = parentKey;
    }
    if (repeatJobKey !== undefined) {
      this.repeatJobKey = repeatJobKey;
    }
    if (deduplicationId !== undefined) {
      this.deduplicationId = deduplicationId;
    }
  }
}

/** The options a job added with `text` has: checked, in their full form. */
function resolveOptions(queue: QueueLike, text: string): JobsOptions {
  return JSON.parse(calling(() => queue.native.resolveJobOptions(text))) as JobsOptions;
}
