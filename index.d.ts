import { EventEmitter } from 'node:events';
import { UUID } from 'node:crypto';
export { randomUUID } from 'node:crypto';
import { ForkOptions } from 'node:child_process';
import { WorkerOptions as WorkerOptions$1 } from 'node:worker_threads';

/** A value that arrived as JSON text and is parsed when it is first looked at. */
declare class LazyJson<T> {
    private text;
    private value;
    private readonly decode;
    private constructor();
    /** A value known already. */
    static of<T>(value: T): LazyJson<T>;
    /** A value still in its text; `decode` replaces `JSON.parse` where the stored form differs. */
    static parsing<T>(text: string, decode?: (text: string) => T): LazyJson<T>;
    /**
     * The value.
     *
     * @throws `SyntaxError` if the text is no JSON.
     */
    get(): T;
    /** The JSON text, if nobody has looked at the value: what was looked at may have been changed. */
    untouchedText(): string | undefined;
}

/** How long finished jobs are kept: by number, by age, or both. */
interface KeepJobs {
    /** Keep at most this many, the newest. */
    count?: number | undefined;
    /** Keep for this long, s. */
    age?: number | undefined;
    /** Remove at most this many by age at a time. Default 1000. */
    limit?: number | undefined;
}
/** Delay between attempts. */
interface BackoffOptions {
    /** `fixed`, `exponential`, or a name for the worker's `settings.backoffStrategy`. */
    type: 'fixed' | 'exponential' | (string & {});
    /** Base delay, ms. */
    delay?: number | undefined;
    /** Share of the delay that is random, 0-1. Default 0. */
    jitter?: number | undefined;
}
/** Options a queue gives to all its jobs (`defaultJobOptions`). */
interface DefaultJobOptions {
    /** When the job was made, ms since the Unix epoch. Default: now. */
    timestamp?: number | undefined;
    /** 0 = none; 1 (most urgent) to 2097151. Jobs without priority run before all that have one. Default 0. */
    priority?: number | undefined;
    /** Ms from `timestamp` until the job may run. Default 0. */
    delay?: number | undefined;
    /** How often the job is tried before it fails for good. Default: once. */
    attempts?: number | undefined;
    /** Delay between attempts; a number is a fixed delay in ms. Default: none. */
    backoff?: number | BackoffOptions | undefined;
    /** Take this job next, before those that wait already. Default `false`. */
    lifo?: boolean | undefined;
    /** What becomes of the job when it completes: `true` = remove, a number = keep that many. Default: keep all. */
    removeOnComplete?: boolean | number | KeepJobs | undefined;
    /** What becomes of the job when it fails for good: `true` = remove, a number = keep that many. Default: keep all. */
    removeOnFail?: boolean | number | KeepJobs | undefined;
    /** Log rows kept per job, the newest. Default: all. */
    keepLogs?: number | undefined;
    /** Stack traces kept per job; 0 = none. Default: all. */
    stackTraceLimit?: number | undefined;
    /**
     * How long a run may take, ms, at least 1; then its signal aborts and the attempt fails with `JobTimeoutError`, whatever the
     * processor still does. Workers of BullMQ ignore it. Default: no limit.
     */
    timeout?: number | undefined;
    /** Largest size of `data`, bytes of UTF-8 JSON. Default: no limit. */
    sizeLimit?: number | undefined;
}
/**
 * Options of one job.
 *
 * @throws `Error` from `add`, with a message that names the option: an integer or `0:...` as `jobId`, a `priority` that is out of
 * range or not whole, a `jitter` outside 0-1, data above `sizeLimit`.
 */
interface JobsOptions extends DefaultJobOptions {
    /** Id of the job; adding an id that exists does nothing. No integers and no colons. Default: the next number. */
    jobId?: string | undefined;
    /** The job that waits for this one. It must exist. */
    parent?: ParentOptions | undefined;
    /** Lets this job be the only one of its kind. Not together with `parent`. */
    deduplication?: DeduplicationOptions | undefined;
    /** When this job fails for good, its parent fails. Default `false`. */
    failParentOnFailure?: boolean | undefined;
    /** When this job fails for good, its parent runs at once. Default `false`. */
    continueParentOnFailure?: boolean | undefined;
    /** When this job fails for good, its parent waits for the others only and is told the reason. Default `false`. */
    ignoreDependencyOnFailure?: boolean | undefined;
    /** When this job fails for good, its parent waits for the others only. Default `false`. */
    removeDependencyOnFailure?: boolean | undefined;
    /** How the job is traced; only used by queues and workers that have `telemetry`. */
    telemetry?: JobTelemetryOptions | undefined;
}
/** Names the parent of a job to be added. */
interface ParentOptions {
    /** Id of the parent. */
    id: string;
    /** `<prefix>:<queue name>` of the parent's queue. */
    queue: string;
}
/** How a job shares a deduplication id with others. */
interface DeduplicationOptions {
    /** Held by one job at a time; adding another is answered with the holder's id. */
    id: string;
    /** How long the id is held, ms, also after the job has ended. Default: until the job ends. */
    ttl?: number | undefined;
    /** Adding another holds the id for `ttl` from then on. Default `false`. */
    extend?: boolean | undefined;
    /** Another takes the place of a holder that is still delayed. Default `false`. */
    replace?: boolean | undefined;
    /** While the holder runs, the newest of the others is kept and follows it. Default `false`. */
    keepLastIfActive?: boolean | undefined;
}
/** What a job carries for tracing. */
interface JobTelemetryOptions {
    /** Context of the span that the job's processing is a child of, as text. Default: the span of the call that adds it. */
    metadata?: string | undefined;
    /** Let processing begin a trace of its own. Default `false`. */
    omitContext?: boolean | undefined;
}
/** Options of one job in `addBulk`. */
type BulkJobOptions = JobsOptions;
/** Options of {@link Job.retry} for the counters of attempts. */
interface RetryOptions {
    /** Set `attemptsMade` back to 0, so that all attempts are available again. Default `false`. */
    resetAttemptsMade?: boolean | undefined;
    /** Set `attemptsStarted` back to 0. Default `false`. */
    resetAttemptsStarted?: boolean | undefined;
}

/** The type of data that nobody named: a user who names none must be able to read any property of `job.data`, as with BullMQ. */
type Untyped = any;
/** Where a finished job ended. */
type FinishedStatus = 'completed' | 'failed';
/** Where a job is. */
type JobState = FinishedStatus | 'active' | 'delayed' | 'prioritized' | 'waiting' | 'waiting-children';
/** A state as the getters take it; `wait` is the same as `waiting`. */
type JobType = JobState | 'repeat' | 'wait';
/** States whose jobs `queue.clean` removes. */
type CleanableType = 'completed' | 'wait' | 'waiting' | 'active' | 'paused' | 'prioritized' | 'delayed' | 'failed';
/** Progress of a job: any JSON value, by convention a number from 0 to 100. */
type JobProgress = string | boolean | object | number;
/** Names the job's parent. */
interface ParentKeys {
    /** Id of the parent job. */
    id: string;
    /** `<prefix>:<queue name>` of the parent's queue. */
    queueKey: string;
}
/**
 * Does the work of one job.
 *
 * What it returns, as JSON, becomes `job.returnvalue`; what it throws fails the attempt. Declare the third parameter to be handed
 * an `AbortSignal` that fires when the job is cancelled.
 */
type Processor<Data = Untyped, Result = Untyped, Name extends string = string, Progress extends JobProgress = JobProgress> = (job: Job<Data, Result, Name, Progress>, token?: string, signal?: AbortSignal) => Promise<Result>;
/**
 * Computes the delay before the next attempt, ms: 0 = at once, -1 = do not retry.
 *
 * Asked for jobs whose `backoff.type` is neither `fixed` nor `exponential`, and only while attempts are left.
 */
type BackoffStrategy = (attemptsMade: number, type?: string, error?: Error, job?: Job) => Promise<number> | number;
/** Queue-wide settings as they stand in Redis. */
interface QueueMeta {
    /** Jobs active at once over all workers, if limited. */
    concurrency?: number;
    /** Jobs started per `duration` over all workers, if limited. */
    max?: number;
    /** Window of `max`, ms. */
    duration?: number;
    /** Approximate length the event stream is trimmed to. */
    maxLenEvents?: number;
    /** Whether the whole queue is paused. */
    paused?: boolean;
    /** Library and version that last set up the queue. */
    version?: string;
}
/** Finished jobs per minute. */
interface Metrics {
    /** How the count stands. */
    meta: {
        /** Jobs finished since metrics began. */
        count: number;
        /** When the last point was taken, ms since the Unix epoch. */
        prevTS: number;
        /** `count` at that time. */
        prevCount: number;
    };
    /** Jobs per minute, newest first. */
    data: number[];
    /** How many points there are. */
    count: number;
}
/** Log rows of a job. */
interface JobLogs {
    /** The rows asked for. */
    logs: string[];
    /** How many rows there are. */
    count: number;
}
/** A job in the form that processes exchange: JSON texts for `data`, `returnvalue` and `stacktrace`. */
interface JobJson {
    /** Unique within the queue. */
    id: string;
    /** What kind of job it is. */
    name: string;
    /** JSON text of the data. */
    data: string;
    /** Options, under the short names that Redis holds. */
    opts: object;
    /** What the processor last told. */
    progress: JobProgress;
    /** Attempts that ended. */
    attemptsMade: number;
    /** Attempts that were begun. */
    attemptsStarted: number;
    /** When it completed or failed for good, ms since the Unix epoch. */
    finishedOn?: number;
    /** When it was last taken by a worker, ms since the Unix epoch. */
    processedOn?: number;
    /** When it was added, ms since the Unix epoch. */
    timestamp: number;
    /** How long it waits before it may run, ms. */
    delay?: number;
    /** 1 is the most urgent, 2097151 the least; 0 runs before all of them. */
    priority?: number;
    /** JSON text of why the last attempt failed. */
    failedReason: string;
    /** JSON text of the stack traces of failed attempts, oldest first. */
    stacktrace?: string;
    /** JSON text of what the processor returned. */
    returnvalue: string;
    /** The parent of a child. */
    parent?: ParentKeys;
    /** `<prefix>:<queue>:<id>` of the parent. */
    parentKey?: string;
    /** Id of the scheduler that added it. */
    repeatJobKey?: string;
    /** Id under which it keeps others of its kind away. */
    deduplicationId?: string;
    /** Why it will fail when it is next taken. */
    deferredFailure?: string;
    /** Name of the worker that last took it. */
    processedBy?: string;
    /** How often it lost its worker. */
    stalledCounter: number;
}
/** What {@link Worker.health} answers. */
interface WorkerHealth {
    /** Whether the worker's connections to Redis stand. */
    connected: boolean;
    /** Age of the last round trip of a fetch that succeeded, ms; `null` before the first. */
    lastFetchAgeMs: number | null;
    /** Jobs running now. */
    activeJobs: number;
    /**
     * How long, at most in the last minute, the event loop took to come back to the worker after it was handed events, ms,
     * listeners included. Measured at least at each renewal of locks while jobs run.
     */
    eventLoopLagMs: number;
}
/** Extracts the data type where a queue is declared by its job type. */
type ExtractDataType<DataOrJob, Default> = DataOrJob extends Job<infer Data> ? Data : Default;
/** Extracts the result type where a queue is declared by its job type. */
type ExtractResultType<DataOrJob, Default> = DataOrJob extends Job<Untyped, infer Result> ? Result : Default;
/** Extracts the name type where a queue is declared by its job type. */
type ExtractNameType<DataOrJob, Default extends string> = DataOrJob extends Job<Untyped, Untyped, infer Name> ? Name : Default;

/** First line of a job in a batch; fields that hold their initial value are left out. */
interface JobHeader {
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
interface JobTexts<Data, Result> {
    data: LazyJson<Data>;
    opts: LazyJson<JobsOptions>;
    returnvalue: LazyJson<Result>;
}
/** One job as the engine hands it over. */
interface JobRecord<Data, Result> {
    header: JobHeader;
    texts: JobTexts<Data, Result>;
}

/** How to reach Redis, in ioredis' words. */
interface RedisOptions {
    /** Server to connect to. Default `127.0.0.1`. */
    host?: string | undefined;
    /** TCP port, 1-65535. Default 6379. */
    port?: number | undefined;
    /** Path of a unix socket; wins over `host` and `port`. */
    path?: string | undefined;
    /** `redis://`, `rediss://` (TLS) or `unix:` URL; wins over every option it can express. */
    url?: string | undefined;
    /** ACL user. Default: the server's default user. */
    username?: string | undefined;
    /** Password of the user. Never logged. */
    password?: string | undefined;
    /** Database number, 0 or more; a Cluster has only 0. Default 0. */
    db?: number | undefined;
    /** Encrypts the connection; `{}` or `true` trusts the web's root certificates. Default: no TLS. */
    tls?: TlsOptions | boolean | undefined;
    /** Sentinels to ask for the primary whenever a connection is opened; wins over `host`, `port` and `path`. */
    sentinels?: readonly RedisNode[] | undefined;
    /** What the sentinels call the primary; required with `sentinels`. */
    name?: string | undefined;
    /** ACL user at the sentinels. Default: their default user. */
    sentinelUsername?: string | undefined;
    /** Password of the sentinels. Never logged. */
    sentinelPassword?: string | undefined;
    /** Encrypts the connections to the sentinels. Default: no TLS. */
    sentinelTLS?: TlsOptions | boolean | undefined;
    /**
     * Nodes of a Redis Cluster, one is enough; wins over `sentinels` and `host`. Prefixes or queue names need a hash tag, such as
     * `{bull}`, so that the keys of a queue share a slot.
     */
    clusterNodes?: readonly RedisNode[] | undefined;
    /** Where Cluster nodes are reached that announce an address of another network, by `host:port` as announced. */
    natMap?: Readonly<Record<string, RedisNode>> | undefined;
    /** Longest wait for a connection, ms. Default 10000. */
    connectTimeout?: number | undefined;
    /**
     * Asked after every failed attempt to connect, with the number of failures since the last success: the pause before the next
     * attempt, ms, or anything but a number to give up, which rejects the calls that wait. Default: grows from 50 ms to 2 s and never
     * gives up.
     */
    retryStrategy?: ((times: number) => unknown) | undefined;
    /**
     * Failed attempts to connect that one call outlives before it rejects, 0 or more; `null` outlives all. Workers and event readers
     * always outlive all; a client object that they share must say `null`. Default `null`.
     */
    maxRetriesPerRequest?: number | null | undefined;
    /**
     * `false`: a call made while the connection is lost rejects at once, and the connection is opened again behind it. Default `true`:
     * calls wait, for at most the queue's `deadlineMs`.
     */
    enableOfflineQueue?: boolean | undefined;
    /** Not supported: use the queue's `prefix`. */
    keyPrefix?: string | undefined;
}
/** A sentinel or a node of a Redis Cluster. */
interface RedisNode {
    /** Host name or address. Default `127.0.0.1`. */
    host?: string | undefined;
    /** TCP port. Default 26379 for a sentinel, 6379 for a node. */
    port?: number | undefined;
}
/** Certificates of an encrypted connection, each PEM text or bytes. */
interface TlsOptions {
    /** Authorities to trust instead of the web's. */
    ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
    /** Client certificate. */
    cert?: string | Uint8Array | undefined;
    /** Private key of the client certificate. */
    key?: string | Uint8Array | undefined;
    /** `false` accepts any certificate: encrypted, but nobody knows to whom. Default `true`. */
    rejectUnauthorized?: boolean | undefined;
}
/** A client of ioredis or node-redis: its options are read, and it is never used or closed by us. */
interface RedisClient {
    /** Clients are told from options by this method; it is not called. */
    duplicate(...args: never[]): unknown;
}
/** Where the queue lives: options, a URL, or a client whose options are read. */
type ConnectionOptions = RedisOptions | RedisClient | string;

/** Role of a span, in OpenTelemetry's numbers. */
declare enum SpanKind {
    /** Work inside of the process. */
    INTERNAL = 0,
    /** Answers a request. */
    SERVER = 1,
    /** Makes a request. */
    CLIENT = 2,
    /** Adds jobs. */
    PRODUCER = 3,
    /** Runs jobs. */
    CONSUMER = 4
}
/** Names of the attributes of spans and measurements. */
declare enum TelemetryAttributes {
    /** Name of the queue. */
    QueueName = "bullmq.queue.name",
    /** Method that was called. */
    QueueOperation = "bullmq.queue.operation",
    /** How many jobs one call adds. */
    BulkCount = "bullmq.job.bulk.count",
    /** Their names. */
    BulkNames = "bullmq.job.bulk.names",
    /** Name of the job. */
    JobName = "bullmq.job.name",
    /** Its id. */
    JobId = "bullmq.job.id",
    /** Its key in Redis. */
    JobKey = "bullmq.job.key",
    /** Ids of several jobs. */
    JobIds = "bullmq.job.ids",
    /** Attempts that ended. */
    JobAttemptsMade = "bullmq.job.attempts.made",
    /** Deduplication id. */
    DeduplicationKey = "bullmq.job.deduplication.key",
    /** Options of the job, as JSON. */
    JobOptions = "bullmq.job.options",
    /** Progress, as JSON. */
    JobProgress = "bullmq.job.progress",
    /** Whether delayed jobs are drained too. */
    QueueDrainDelay = "bullmq.queue.drain.delay",
    /** Age from which jobs are cleaned, ms. */
    QueueGrace = "bullmq.queue.grace",
    /** How many jobs may be cleaned. */
    QueueCleanLimit = "bullmq.queue.clean.limit",
    /** How many were. */
    QueueCleanCount = "bullmq.queue.clean.count",
    /** For how long the queue is held, ms. */
    QueueRateLimit = "bullmq.queue.rate.limit",
    /** State of the jobs that are cleaned. */
    JobType = "bullmq.job.type",
    /** Options of the queue, as JSON. */
    QueueOptions = "bullmq.queue.options",
    /** Length the event stream is trimmed to. */
    QueueEventMaxLength = "bullmq.queue.event.max.length",
    /** State that is counted. */
    QueueJobsState = "bullmq.queue.jobs.state",
    /** Options of the worker, as JSON. */
    WorkerOptions = "bullmq.worker.options",
    /** Name of the worker. */
    WorkerName = "bullmq.worker.name",
    /** Id of the worker. */
    WorkerId = "bullmq.worker.id",
    /** For how long the worker waits, ms. */
    WorkerRateLimit = "bullmq.worker.rate.limit",
    /** Whether `pause` leaves running jobs alone. */
    WorkerDoNotWaitActive = "bullmq.worker.do.not.wait.active",
    /** Whether `close` leaves running jobs alone. */
    WorkerForceClose = "bullmq.worker.force.close",
    /** Jobs that lost their worker. */
    WorkerStalledJobs = "bullmq.worker.stalled.jobs",
    /** Jobs that lost it too often. */
    WorkerFailedJobs = "bullmq.worker.failed.jobs",
    /** Jobs whose locks are renewed. */
    WorkerJobsToExtendLocks = "bullmq.worker.jobs.to.extend.locks",
    /** When the attempt ended, ms since the Unix epoch. */
    JobAttemptFinishedTimestamp = "bullmq.job.attempt_finished_timestamp",
    /** When the attempt began, ms since the Unix epoch. */
    JobProcessedTimestamp = "bullmq.job.processed.timestamp",
    /** What the processor returned, as JSON. */
    JobResult = "bullmq.job.result",
    /** Why the attempt failed. */
    JobFailedReason = "bullmq.job.failed.reason",
    /** Name of the root of a flow. */
    FlowName = "bullmq.flow.name",
    /** Id of the scheduler. */
    JobSchedulerId = "bullmq.job.scheduler.id",
    /** State a job goes to. */
    JobState = "bullmq.job.state"
}
/** Names of the measurements. */
declare enum MetricNames {
    /** Gauge: jobs of the queue by state, recorded by `queue.recordJobCountsMetric`. */
    QueueJobsCount = "bullmq.queue.jobs",
    /** Counter. */
    JobsCompleted = "bullmq.jobs.completed",
    /** Counter: jobs that failed for good. */
    JobsFailed = "bullmq.jobs.failed",
    /** Counter: attempts that go on later, and jobs that moved themselves to later. */
    JobsDelayed = "bullmq.jobs.delayed",
    /** Counter: attempts that are repeated at once. */
    JobsRetried = "bullmq.jobs.retried",
    /** Counter: jobs put back to wait. */
    JobsWaiting = "bullmq.jobs.waiting",
    /** Counter: jobs that wait for their children. */
    JobsWaitingChildren = "bullmq.jobs.waiting_children",
    /** Histogram: ms from the start of an attempt until it ended. */
    JobDuration = "bullmq.job.duration"
}

/**
 * Where spans and measurements go, in BullMQ's words: `new BullMQOtel(...)` of the package `bullmq-otel` is one.
 *
 * `Context` is whatever the tracing library keeps its current span in.
 */
interface Telemetry<Context = Untyped> {
    /** Makes spans. */
    tracer: Tracer<Context>;
    /** Knows the current span and carries it through Redis. */
    contextManager: ContextManager<Context>;
    /** Takes measurements. Default: none are taken. */
    meter?: Meter | undefined;
}
/** Makes spans. */
interface Tracer<Context = Untyped> {
    /** Starts a span below the one of `context`, or below the current one. */
    startSpan(name: string, options?: SpanOptions, context?: Context): Span<Context>;
}
/** How a span is started. */
interface SpanOptions {
    /** Its role. */
    kind: SpanKind;
}
/** One piece of work, from `startSpan` to `end`. */
interface Span<Context = Untyped> {
    /** A context in which this span is the current one. */
    setSpanOnContext(context: Context): Context;
    /** Sets one attribute. */
    setAttribute(key: string, value: AttributeValue): void;
    /** Sets several. */
    setAttributes(attributes: Attributes): void;
    /** Records that something happened during the work. */
    addEvent(name: string, attributes?: Attributes): void;
    /** Records an error; without `time`, as of now. */
    recordException(exception: Exception, time?: Time): void;
    /** Ends the span; nothing may follow. */
    end(): void;
}
/** Knows the current context and translates contexts to text and back. */
interface ContextManager<Context = Untyped> {
    /** Runs `fn` with `context` as the current one and answers what it answers. */
    with<F extends (...args: any[]) => any>(context: Context, fn: F): ReturnType<F>;
    /** The current context. */
    active(): Context;
    /** The context without a span. Default: work that belongs to nobody starts in the current one. */
    root?(): Context;
    /** The text that stands for `context` in a job's options. */
    getMetadata(context: Context): string;
    /** The context that a job's options carry, as a child of `activeContext`. */
    fromMetadata(activeContext: Context, metadata: string): Context;
}
/** Makes instruments; the same name may be asked for more than once. */
interface Meter {
    /** For what only grows. */
    createCounter(name: string, options?: MetricOptions): Counter;
    /** For what is spread out, such as durations. */
    createHistogram(name: string, options?: MetricOptions): Histogram;
    /** For what goes up and down. */
    createGauge(name: string, options?: MetricOptions): Gauge;
}
/** What an instrument measures. */
interface MetricOptions {
    /** For people. */
    description?: string;
    /** E.g. `ms`. */
    unit?: string;
}
/** Counts things that happened. */
interface Counter {
    /** Adds `value`, which is not negative. */
    add(value: number, attributes?: Attributes): void;
}
/** Takes the distribution of values. */
interface Histogram {
    /** Adds one value. */
    record(value: number, attributes?: Attributes): void;
}
/** Takes a value that goes up and down. */
interface Gauge {
    /** Replaces the value. */
    record(value: number, attributes?: Attributes): void;
}
/** Attributes of a span, of an event in it or of a measurement. */
type Attributes = Record<string, AttributeValue | undefined>;
/** A value of an attribute. */
type AttributeValue = string | number | boolean | (null | undefined | string)[] | (null | undefined | number)[] | (null | undefined | boolean)[];
/** An error as spans record it: its message, or an object with at least one of these. */
type Exception = string | ExceptionType;
/** An error as an object. */
type ExceptionType = CodeException | MessageException | NameException;
/** An error known by its code. */
interface CodeException {
    /** Its code, e.g. `ECONNREFUSED`. */
    code: string | number;
    /** Name of its class. */
    name?: string;
    /** What went wrong. */
    message?: string;
    /** Where it was made. */
    stack?: string;
}
/** An error known by its message. */
interface MessageException {
    /** Its code, e.g. `ECONNREFUSED`. */
    code?: string | number;
    /** Name of its class. */
    name?: string;
    /** What went wrong. */
    message: string;
    /** Where it was made. */
    stack?: string;
}
/** An error known by its name. */
interface NameException {
    /** Its code, e.g. `ECONNREFUSED`. */
    code?: string | number;
    /** Name of its class. */
    name: string;
    /** What went wrong. */
    message?: string;
    /** Where it was made. */
    stack?: string;
}
/** A point in time: seconds and nanoseconds, ms since the Unix epoch, or a date. */
type Time = [seconds: number, nanoseconds: number] | number | Date;

/** When a job scheduler runs its jobs. Exactly one of `every` and `pattern`. */
interface RepeatOptions {
    /** Interval, ms, at least 1. The first job runs at once, at `startDate`, or as soon as `offset` allows. */
    every?: number | undefined;
    /**
     * Cron pattern of five fields, or six with seconds in front; lists, ranges, steps, names, `L` and `#` as in `cron-parser`, and
     * `@daily` and its like.
     */
    pattern?: string | undefined;
    /** Time zone of `pattern`, such as `Europe/Athens`. Default: that of the process. */
    tz?: string | undefined;
    /** Jobs in all. Default: no limit. */
    limit?: number | undefined;
    /** No job runs before this time. Default: now. */
    startDate?: Date | string | number | undefined;
    /** No job is added for a time after this one. Default: never. */
    endDate?: Date | string | number | undefined;
    /** Ms by which the jobs of `every` lie after multiples of it, counted from the Unix epoch. Default: that of the first job. */
    offset?: number | undefined;
    /** Run the first job of `pattern` at once. Default `false`. */
    immediately?: boolean | undefined;
    /** Jobs that count as run already. Default 0. */
    count?: number | undefined;
    /** Not used. */
    key?: string | undefined;
    /** Not used. */
    prevMillis?: number | undefined;
    /** Not used. */
    jobId?: string | undefined;
}
/** Options of the jobs of a scheduler. */
type JobSchedulerTemplateOptions = Omit<JobsOptions, 'jobId' | 'delay' | 'deduplication'>;
/** What the jobs of a scheduler look like. */
interface JobSchedulerTemplate<Data, Name extends string> {
    /** Name of the jobs. Default: the scheduler's id. */
    name?: Name | undefined;
    /** Payload of the jobs. Default: an empty object. */
    data?: Data | undefined;
    /** Options of the jobs, over the queue's `defaultJobOptions`. */
    opts?: JobSchedulerTemplateOptions | undefined;
}
/** A job scheduler as it stands in Redis. Times are ms since the Unix epoch. */
interface JobSchedulerJson<Data> {
    /** Its id. */
    key: string;
    /** Name of its jobs. */
    name: string;
    /** When its next job runs, or its last one ran. */
    next?: number;
    /** Jobs added so far. */
    iterationCount?: number;
    /** Jobs in all. */
    limit?: number;
    /** No job runs before this time. */
    startDate?: number;
    /** No job is added for a time after this one. */
    endDate?: number;
    /** Time zone of `pattern`. */
    tz?: string;
    /** Cron pattern. */
    pattern?: string;
    /** Interval, ms. */
    every?: number;
    /** Ms by which the jobs lie after multiples of `every`. */
    offset?: number;
    /** What its jobs look like, as far as that was said. */
    template?: {
        /** Their data. */
        data?: Data;
        /** Their options. */
        opts?: JobSchedulerTemplateOptions;
    };
}
/**
 * Finds the next time of a scheduler with a `pattern`: ms since the Unix epoch after `millis`, or `undefined` for none.
 *
 * `opts` are those of the scheduler, `name` is that of its jobs. The queue and all its workers need the same strategy.
 */
type RepeatStrategy = (millis: number, opts: RepeatOptions, name?: string) => number | undefined | Promise<number | undefined>;
/** Functions that change how a queue decides. */
interface AdvancedRepeatOptions {
    /** Reads the patterns of job schedulers in place of cron. */
    repeatStrategy?: RepeatStrategy | undefined;
}

/** Options that everything working on a queue shares. */
interface QueueBaseOptions {
    /** Where Redis is. Default: `127.0.0.1:6379`. */
    connection?: ConnectionOptions | undefined;
    /** First part of all keys; queues of another prefix are other queues. Default `bull`. */
    prefix?: string | undefined;
    /**
     * How long a call through this object may wait for Redis, ms, at least 1, before it rejects with `QueueUnavailableError`; what it
     * asked for may still have happened. Default: as long as it takes.
     */
    deadlineMs?: number | undefined;
    /** Where spans and measurements go, such as a `BullMQOtel`. Default: nowhere, which costs nothing. */
    telemetry?: Telemetry | undefined;
    /** Accepted for compatibility; the version of Redis is not checked. */
    skipVersionCheck?: boolean | undefined;
}
/** Options of a {@link Queue}. */
interface QueueOptions extends QueueBaseOptions {
    /** Options of every job added, unless the job brings its own. */
    defaultJobOptions?: DefaultJobOptions | undefined;
    /** Trims the event stream to about `maxLen` entries. Default 10000. */
    streams?: {
        /** The stream of events. */
        events: {
            /** Approximate number of entries that are kept. */
            maxLen: number;
        };
    } | undefined;
    /** Leave the queue's settings in Redis as they are. Default `false`. */
    skipMetasUpdate?: boolean | undefined;
    /** Functions that change how the queue decides. */
    settings?: AdvancedRepeatOptions | undefined;
}
/** Options of {@link Queue.obliterate}. */
interface ObliterateOpts {
    /** Also remove active jobs; their workers will fail to finish them. Default `false`. */
    force?: boolean | undefined;
    /** Jobs removed per step. Default 1000. */
    count?: number | undefined;
}
/** Options of {@link Queue.retryJobs}. */
interface RetryJobsOptions {
    /** Jobs moved per step. Default 1000. */
    count?: number | undefined;
    /** Which finished jobs to run again. Default `failed`. */
    state?: 'completed' | 'failed' | undefined;
    /** Only jobs finished before this time, ms since the Unix epoch. Default: now. */
    timestamp?: number | undefined;
}

/** What a job needs of the object that holds it: a queue, a worker, or an object that stands in for one. */
interface QueueLike {
    /** Name of the queue. */
    readonly name: string;
    /** `<prefix>:<queue name>` */
    readonly qualifiedName: string;
    /** What the object was made with. */
    readonly opts: QueueBaseOptions;
    /** Tells listeners; whether there were any. */
    emit(event: Untyped, ...args: Untyped[]): boolean;
}

/** What is known of a job, without the operations on it. Times are ms since the Unix epoch. */
declare class JobFields<Data, Result, Name extends string, Progress extends JobProgress> {
    /** What holds the job. */
    protected readonly queue: QueueLike;
    /** Unique within the queue. */
    id?: string;
    /** What kind of work this is. */
    name: Name;
    /** What the processor reported last; 0 before that. */
    progress: Progress;
    /** Stack traces of failed attempts, oldest first. */
    stacktrace: string[] | null;
    /** Ms from `timestamp` until the job may run. */
    delay: number;
    /** 0 = none, else 1 (most urgent) to 2097151. */
    priority: number;
    /** When it was added. */
    timestamp: number;
    /** How often a worker has taken it. */
    attemptsStarted: number;
    /** How many attempts have ended. */
    attemptsMade: number;
    /** How often its worker vanished. */
    stalledCounter: number;
    /** Why the last attempt failed. */
    failedReason: string;
    /** Why it will fail at its next pick-up. */
    deferredFailure: string;
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
    protected texts: JobTexts<Data, Result>;
    /**
     * A job that is not in Redis yet; use `queue.add` or {@link Job.create} to add one.
     *
     * `opts` that cannot work are refused when the job is added.
     */
    constructor(
    /** What holds the job. */
    queue: QueueLike, name: Name, data: Data, opts?: JobsOptions, id?: string);
    /** The payload. */
    get data(): Data;
    set data(data: Data);
    /** The options it was added with, the queue's defaults included. */
    get opts(): JobsOptions;
    set opts(opts: JobsOptions);
    /** What the processor returned; `null` before that. */
    get returnvalue(): Result;
    set returnvalue(value: Result);
    /** Name of the job's queue. */
    get queueName(): string;
    /** Prefix of the job's queue. */
    get prefix(): string;
    /** The job as plain values, without its ties to the queue. */
    toJSON(): object;
    /** The job in the form that processes exchange; {@link Job.fromJSON} is its inverse. */
    asJSON(): JobJson;
    /** Takes over what the engine knows of the job. */
    protected adopt({ header, texts }: JobRecord<Data, Result>): void;
    /** The parent that these options name. */
    private adoptParent;
    /** What a header leaves out holds its initial value, also on a job that is read again. */
    private adoptHeader;
    /** What ties the job to others, which it keeps when a header leaves it out. */
    private adoptTies;
}

/** Options of a {@link QueueEventsProducer}. */
type QueueEventsProducerOptions = QueueBaseOptions;
/** Options of {@link QueueEvents}. */
interface QueueEventsOptions extends QueueBaseOptions {
    /** Start reading at once. Default `true`. */
    autorun?: boolean | undefined;
    /** Read the events after this stream id; `0-0` = from the oldest kept. Default: only new ones. */
    lastEventId?: string | undefined;
    /** Longest wait of one read, ms. Default 10000. */
    blockingTimeout?: number | undefined;
}

/** What dashboards ask the server itself. */
interface ServerClient {
    /** What the server says about itself: lines of `field:value`, as Redis' `INFO` prints them. */
    info(): Promise<string>;
}
/**
 * What stands behind a queue, as far as dashboards ask for it in the words of BullMQ 6.
 *
 * It is no client: commands go through the engine. An event emitter because its readers register for `error` and `close`; it emits
 * neither, since connections are shared and reconnect by themselves.
 */
declare class QueueBackend extends EventEmitter {
    private readonly native;
    /** For questions to the server; a promise, as with BullMQ. */
    readonly client: Promise<ServerClient>;
    /** Waits until Redis answers. */
    waitUntilReady(): Promise<void>;
    /** Does nothing: the queue owns its connection. */
    close(): Promise<void>;
}

/** A listener of any event. */
type Listener$1 = (...args: Untyped[]) => void;
/** The listener of one event in a map of listeners. */
type ListenerOf<Listeners, Event extends keyof Listeners> = Listeners[Event] extends Listener$1 ? Listeners[Event] : never;
/** Names of the events in a map of listeners. */
type EventOf<Listeners> = Extract<keyof Listeners, string>;
/**
 * An event emitter whose listeners cannot harm its owner: what one throws is emitted as `error`, and an `error` that nobody
 * listens to, or whose listener throws, goes to the console.
 *
 * `Listeners` maps event names to listeners.
 */
declare class SafeEmitter<Listeners> extends EventEmitter {
    emit<Event extends EventOf<Listeners>>(event: Event, ...args: Parameters<ListenerOf<Listeners, Event>>): boolean;
    on<Event extends EventOf<Listeners>>(event: Event, listener: ListenerOf<Listeners, Event>): this;
    once<Event extends EventOf<Listeners>>(event: Event, listener: ListenerOf<Listeners, Event>): this;
    off<Event extends EventOf<Listeners>>(event: Event, listener: ListenerOf<Listeners, Event>): this;
    /** Emits an event whose name or arguments the types do not know. */
    protected emitUnchecked(event: string, ...args: unknown[]): boolean;
    private reportError;
}

/** Names of a queue's keys; `''` is what they all begin with. */
type KeysMap = Record<string, string>;
/** What queues, workers and event readers have in common. */
declare class QueueBase<Listeners> extends SafeEmitter<Listeners> implements QueueLike {
    /** Name of the queue. */
    readonly name: string;
    /** The options given. */
    readonly opts: QueueBaseOptions;
    /** Set once {@link QueueBase.close} has been called. */
    closing: Promise<void> | undefined;
    /** Names of the queue's keys in Redis. */
    readonly keys: KeysMap;
    /** `<prefix>:<queue name>` */
    readonly qualifiedName: string;
    private backend;
    private readonly closeController;
    constructor(
    /** Name of the queue. */
    name: string, 
    /** The options given. */
    opts: QueueBaseOptions);
    /** What stands behind the queue, for dashboards: `(await queue.getBackend().client).info()`. */
    getBackend(): QueueBackend;
    /** The full key of one of the queue's suffixes, or of a job by its id. */
    toKey(type: string): string;
    /**
     * Waits until Redis answers.
     *
     * @throws the connection error, such as `connect ECONNREFUSED 127.0.0.1:6379`, once `retryStrategy` gives up.
     */
    waitUntilReady(): Promise<void>;
    /** Lets go of the connection; calls under way are answered first. Also works while Redis is down, and twice. */
    close(): Promise<void>;
    /** Lets go of the connection without waiting for calls under way. */
    disconnect(): Promise<void>;
    /** What closing means for this object; called once. */
    protected shutDown(): Promise<void>;
    /** The queue's name as it stands in the names of connections. */
    protected base64Name(): string;
    /** Name of a connection that belongs to the queue. */
    protected clientName(suffix?: string): string;
    /** Whether failed attempts to connect are to be emitted from here. */
    protected watchesConnection(): boolean;
    /** Whether calls outlive every failed attempt to connect, whatever the connection's own options say. */
    protected waitsForConnection(): boolean;
    /** Ends what waits on this object. */
    protected endWaits(): void;
}

/** A job that waits for its time. */
interface DelayedEvent {
    /** The job. */
    jobId: string;
    /** When it may run, ms since the Unix epoch. */
    delay: number;
}
/** A job that changed its state. */
interface MovedEvent {
    /** The job. */
    jobId: string;
    /** The state it was in before, where that is known. */
    prev?: string;
}
/** Listeners of {@link QueueEvents}; `id` is the event's id in the stream. */
interface QueueEventsListener<ReturnType = Untyped> {
    /** A worker took a job. */
    active: (args: MovedEvent, id: string) => void;
    /** A job was added. */
    added: (args: {
        jobId: string;
        name: string;
    }, id: string) => void;
    /** `clean` removed `count` jobs. */
    cleaned: (args: {
        count: string;
    }, id: string) => void;
    /** A job completed with `returnvalue`. */
    completed: (args: {
        jobId: string;
        returnvalue: ReturnType;
        prev?: string;
    }, id: string) => void;
    /** `jobId` holds the deduplication id, and `deduplicatedJobId` made way: it was not added, or it was replaced. */
    deduplicated: (args: {
        jobId: string;
        deduplicationId: string;
        deduplicatedJobId: string;
    }, id: string) => void;
    /** A job waits for its time: it was added with a delay, or goes on later. */
    delayed: (args: DelayedEvent, id: string) => void;
    /** A job ended, and none waits or runs any more. */
    drained: (id: string) => void;
    /** A job was not added, because its id is in use. */
    duplicated: (args: {
        jobId: string;
    }, id: string) => void;
    /** Events could not be read, or a listener threw; reading goes on. */
    error: (error: Error) => void;
    /** A job failed for good. */
    failed: (args: {
        jobId: string;
        failedReason: string;
        prev?: string;
    }, id: string) => void;
    /** The queue was paused. */
    paused: (args: object, id: string) => void;
    /** A processor told its progress. */
    progress: (args: {
        jobId: string;
        data: JobProgress;
    }, id: string) => void;
    /** A job was removed. */
    removed: (args: MovedEvent, id: string) => void;
    /** The queue was resumed. */
    resumed: (args: object, id: string) => void;
    /** A job failed in the last of its attempts; follows `failed`. */
    'retries-exhausted': (args: {
        jobId: string;
        attemptsMade: string;
    }, id: string) => void;
    /** A job lost its worker and will run again. */
    stalled: (args: {
        jobId: string;
    }, id: string) => void;
    /** A job may run. */
    waiting: (args: MovedEvent, id: string) => void;
    /** A job waits for its children. */
    'waiting-children': (args: MovedEvent, id: string) => void;
    /** The same events of one job. */
    [ofJob: `${string}:${string}`]: (args: Untyped, id: string) => void;
}
type KeyOf<T extends object> = Extract<keyof T, string>;
type Listener<T> = Extract<T, (...args: Untyped[]) => void>;
/**
 * Listens to what happens to a queue, in whatever process, through its event stream.
 *
 * Keeps the process alive until it is closed. Every event of a job is also emitted as `<event>:<job id>`.
 */
declare class QueueEvents<ReturnType = Untyped> extends QueueBase<QueueEventsListener<ReturnType>> {
    readonly opts: QueueEventsOptions;
    private readonly stream;
    private ready;
    private reading;
    constructor(name: string, opts?: QueueEventsOptions);
    on<L extends QueueEventsListener<ReturnType> = QueueEventsListener<ReturnType>, U extends KeyOf<L> = KeyOf<L>>(event: U, listener: Listener<L[U]>): this;
    once<L extends QueueEventsListener<ReturnType> = QueueEventsListener<ReturnType>, U extends KeyOf<L> = KeyOf<L>>(event: U, listener: Listener<L[U]>): this;
    off<L extends QueueEventsListener<ReturnType> = QueueEventsListener<ReturnType>, U extends KeyOf<L> = KeyOf<L>>(event: U, listener: Listener<L[U]>): this;
    /**
     * Reads events until closed; only needed with `autorun: false`.
     *
     * @throws `Error` `Queue Events is already running.`
     */
    run(): Promise<void>;
    /** Waits until events are read: what happens from then on is seen. */
    waitUntilReady(): Promise<void>;
    /** A reader outlives any outage. */
    protected waitsForConnection(): boolean;
    protected shutDown(): Promise<void>;
    private emitError;
    private readEvents;
    private emitEvent;
}

/** Reading and changing the state of a job. */
declare abstract class JobMoves<Data, Result, Name extends string, Progress extends JobProgress> extends JobFields<Data, Result, Name, Progress> {
    /** Where the job is now; `unknown` if it does not exist. */
    getState(): Promise<JobState | 'unknown'>;
    /** Whether the job has completed. */
    isCompleted(): Promise<boolean>;
    /** Whether the job has failed for good. */
    isFailed(): Promise<boolean>;
    /** Whether the job waits for its time. */
    isDelayed(): Promise<boolean>;
    /** Whether a worker has the job. */
    isActive(): Promise<boolean>;
    /** Whether the job waits for a worker. */
    isWaiting(): Promise<boolean>;
    /** Whether the job waits for its children. */
    isWaitingChildren(): Promise<boolean>;
    /**
     * Waits until the job has finished and answers what its processor returned.
     *
     * `queueEvents` is the reader to listen on; without it one reader per queue and process is shared. `ttl`: longest wait, ms;
     * default: no limit. Listening begins before the state is checked, so no finish is missed.
     *
     * @throws `Error(failedReason)` if the job failed; `JobMissingError` if it was removed; `WaitTimeoutError` after `ttl`.
     */
    waitUntilFinished(queueEvents?: QueueEvents | null, ttl?: number): Promise<Result>;
    /**
     * Makes a delayed job run now.
     *
     * @throws `JobNotInStateError` (`code` -3) if it is not delayed.
     */
    promote(): Promise<void>;
    /**
     * Runs a finished job again.
     *
     * @throws `JobNotInStateError` (`code` -3) if it is not in `state`.
     */
    retry(state?: FinishedStatus, options?: RetryOptions): Promise<void>;
    /**
     * Makes a delayed job run `delay` ms from now.
     *
     * @throws `JobNotInStateError` (`code` -3) if it is not delayed.
     */
    changeDelay(delay: number): Promise<void>;
    /** Changes the priority (0 = none, 1 most urgent to 2097151), and with `lifo` puts the job before its equals. */
    changePriority(options: {
        priority?: number;
        lifo?: boolean;
    }): Promise<void>;
    /** Keeps the lock for `duration` ms from now; 1 if `token` still held it, else 0. */
    extendLock(token: string, duration: number): Promise<number>;
    /** The id of a job that has been added. */
    protected knownId(): string;
    private isInState;
}

/** What a finish that takes the next job answers: that job, its id, ms until the rate limit ends, time of the next delayed job. */
type NextJobData = [
    job: Omit<JobJson, 'id'> | undefined,
    id: string | undefined,
    limitDelay: number,
    delayUntil: number
];
/** What the owner of a job's lock may do with it, and the processor that a worker runs need not. */
declare abstract class JobProcessing<Data, Result, Name extends string, Progress extends JobProgress> extends JobMoves<Data, Result, Name, Progress> {
    /**
     * Completes the job and, unless `fetchNext` is `false`, takes the next one under the same token.
     *
     * @throws `LockMissingError` (`code` -2) or `LockMismatchError` (-6) if `token` does not hold the lock; `TypeError` for a value
     * that JSON cannot express.
     */
    moveToCompleted(returnValue: Result, token: string, fetchNext?: boolean): Promise<NextJobData | []>;
    /**
     * Fails the attempt; the job is tried again while attempts are left. With `fetchNext` the next job is taken under the same token.
     *
     * @throws as {@link Job.moveToCompleted}.
     */
    moveToFailed(error: Error, token: string, fetchNext?: boolean): Promise<NextJobData | []>;
    /**
     * Puts an active job back to wait without burning an attempt; throw `WaitingError` from the processor afterwards.
     * Answers how long the rate limit keeps jobs from starting, ms.
     *
     * @throws as {@link Job.moveToCompleted}.
     */
    moveToWait(token?: string | undefined): Promise<number>;
    /**
     * Makes an active job run again at `timestamp`, ms since the Unix epoch, without burning an attempt; throw `DelayedError` from
     * the processor afterwards.
     *
     * @throws as {@link Job.moveToCompleted}.
     */
    moveToDelayed(timestamp: number, token?: string | undefined): Promise<void>;
    private finish;
    private finishUntraced;
    private nextJob;
}

/** Options of {@link Job.each}. */
interface EachOptions {
    /** Items under way at once, at least 1. Default 1. */
    concurrency?: number | undefined;
}
/** Parts of a job that are done once over all of its attempts. */
declare abstract class JobParts<Data, Result, Name extends string, Progress extends JobProgress> extends JobProcessing<Data, Result, Name, Progress> {
    /** What earlier attempts have recorded, by kind and key; read once. */
    private finished;
    /**
     * Runs `fn` unless an earlier attempt of this job has finished it: then its result is that of back then.
     *
     * The result, which must be JSON, is recorded with the job once `fn` has returned; keep it small. A crash between the two makes
     * `fn` run again, so this turns many repetitions into at most one.
     *
     * ```ts
     * const invoice = await job.once('charge', () => payments.charge(job.data));
     * await job.once('mail', () => mailer.send(invoice));
     * ```
     *
     * @throws what `fn` throws; `JobMissingError` if the job was removed meanwhile.
     */
    once<T>(key: string, fn: () => T | Promise<T>): Promise<T>;
    /**
     * Runs `fn` for each item that no earlier attempt of this job has finished; results are in the order of the items.
     *
     * `keyOf` names an item: unique among the items, and the same in every attempt. When `fn` throws, no further item is begun, those
     * under way are waited for and recorded, and the first error is thrown.
     *
     * ```ts
     * await job.each(job.data.users, (user) => user.id, (user) => sms.send(user.phone), { concurrency: 10 });
     * ```
     *
     * @throws what `fn` throws; `TypeError` for two items with the same key.
     */
    each<Item, T>(items: readonly Item[], keyOf: (item: Item, index: number) => string, fn: (item: Item, index: number) => T | Promise<T>, { concurrency }?: EachOptions): Promise<T[]>;
    private part;
    /** Recorded are a JSON array of kind and key, and behind it the result's JSON or nothing. */
    private readParts;
}

/** A part of the children of one kind. */
interface DependencyOpts {
    /** Where to go on: what the call before answered. Default: the beginning. */
    cursor?: number | undefined;
    /** About how many to answer; all of a small number. Default 20. */
    count?: number | undefined;
}
/** Which children {@link Job.getDependencies} answers: a part of each kind that is named. */
interface DependenciesOpts {
    /** Children that failed the parent. */
    failed?: DependencyOpts | undefined;
    /** Children that failed, which the parent may go on without. */
    ignored?: DependencyOpts | undefined;
    /** Children that completed. */
    processed?: DependencyOpts | undefined;
    /** Children that have not ended. */
    unprocessed?: DependencyOpts | undefined;
}
/** Children of a job by what became of them, and where to go on. Jobs are named by their full keys. */
interface JobDependencies {
    /** Keys of the children that failed the parent. */
    failed?: string[];
    /** Where `failed` goes on; 0 if that was all. */
    nextFailedCursor?: number;
    /** Reasons of the children that failed, which the parent may go on without. */
    ignored?: Record<string, Untyped>;
    /** Where `ignored` goes on; 0 if that was all. */
    nextIgnoredCursor?: number;
    /** Return values of the children that completed. */
    processed?: Record<string, Untyped>;
    /** Where `processed` goes on; 0 if that was all. */
    nextProcessedCursor?: number;
    /** Keys of the children that have not ended. */
    unprocessed?: string[];
    /** Where `unprocessed` goes on; 0 if that was all. */
    nextUnprocessedCursor?: number;
}
/** Options of {@link Job.moveToWaitingChildren}. */
interface MoveToWaitingChildrenOpts {
    /** The child to wait for. Default: all of them. */
    child?: ParentOptions | undefined;
}
type Kind = keyof DependenciesOpts;
/** What a job has to do with its children and its parent. */
declare abstract class JobChildren<Data, Result, Name extends string, Progress extends JobProgress> extends JobParts<Data, Result, Name, Progress> {
    /** Return values of the children that completed, by the children's full keys. They stay when the children are removed. */
    getChildrenValues<ChildResult = Untyped>(): Promise<Record<string, ChildResult>>;
    /** Reasons of the children that failed and were ignored (`ignoreDependencyOnFailure`, `continueParentOnFailure`), by their keys. */
    getIgnoredChildrenFailures(): Promise<Record<string, string>>;
    /** @deprecated Use {@link Job.getIgnoredChildrenFailures}. */
    getFailedChildrenValues(): Promise<Record<string, string>>;
    /** The children by what became of them: all of them, or with `opts` a part of each kind that is named. */
    getDependencies(opts?: DependenciesOpts): Promise<JobDependencies>;
    /** How many children there are, by what became of them: of all kinds, or of those that are named. */
    getDependenciesCount(opts?: Partial<Record<Kind, boolean>>): Promise<Partial<Record<Kind, number>>>;
    /**
     * Lets an active job wait for its children; `false` if they have all ended. Throw `WaitingChildrenError` from the processor when it
     * answers `true`: the job runs again after its children.
     *
     * @throws `LockMissingError` (`code` -2) or `LockMismatchError` (-6) if `token` does not hold the lock; `UnrecoverableError` (-9) if
     * a child has failed the job.
     */
    moveToWaitingChildren(token?: string | undefined, opts?: MoveToWaitingChildrenOpts): Promise<boolean>;
    /**
     * Unties the job from its parent, which goes on if it waits for nothing else; `false` if it has ended already.
     *
     * @throws `ParentJobMissingError` (`code` -5) if there is no parent.
     */
    removeChildDependency(): Promise<boolean>;
    /**
     * Removes the jobs below this one that have neither ended nor are being worked on, in steps. The job itself goes on if it waits for
     * nothing else.
     */
    removeUnprocessedChildren(): Promise<void>;
    private children;
}

/** A job to be added in bulk. */
interface BulkJob<Data, Name extends string> {
    /** What kind of job it is. */
    name: Name;
    /** What the processor is given; stored as JSON. */
    data: Data;
    /** Default: those of the queue. */
    opts?: BulkJobOptions | undefined;
}
/**
 * One job, as it was when it was read or last changed through this object; {@link Job.refresh} reads it again.
 *
 * Methods that change the job reject with `JobMissingError` (`code` -1) when it does not exist any more.
 */
declare class Job<Data = Untyped, Result = Untyped, Name extends string = string, Progress extends JobProgress = JobProgress> extends JobChildren<Data, Result, Name, Progress> {
    /**
     * Adds a job to a queue. `queue.add` does the same and tells the queue's listeners.
     *
     * @throws `Error` naming an option that cannot work; `InvalidJobDataError` for bytes in `data`.
     */
    static create<T = Untyped, R = Untyped, N extends string = string>(queue: QueueLike, name: N, data: T, opts?: JobsOptions): Promise<Job<T, R, N>>;
    /** Adds all jobs or, if one of them is refused, none. */
    static createBulk<T = Untyped, R = Untyped, N extends string = string>(queue: QueueLike, jobs: readonly BulkJob<T, N>[]): Promise<Job<T, R, N>[]>;
    /** Reads a job; `undefined` if it does not exist. */
    static fromId<T = Untyped, R = Untyped, N extends string = string>(queue: QueueLike, jobId: string): Promise<Job<T, R, N> | undefined>;
    /** The job that {@link Job.asJSON} described. */
    static fromJSON<T = Untyped, R = Untyped, N extends string = string>(queue: QueueLike, json: JobJson, jobId?: string): Job<T, R, N>;
    /** Options as users write them from options as they are stored. */
    static optsFromJSON(stored?: string | object): JobsOptions;
    /** Adds a log row to a job and answers how many there are; only the newest `keepLogs` stay. */
    static addJobLog(queue: QueueLike, jobId: string, logRow: string, keepLogs?: number): Promise<number>;
    /** Replaces the payload. */
    updateData(data: Data): Promise<void>;
    /** Publishes progress: any JSON value, by convention a number from 0 to 100. */
    updateProgress(progress: Progress): Promise<void>;
    /** Adds a log row and answers how many there are. */
    log(logRow: string): Promise<number>;
    /** Removes the log rows, all but the newest `keepLogs`. */
    clearLogs(keepLogs?: number): Promise<void>;
    /**
     * Removes the job.
     *
     * @throws `JobLockedError` while a worker has it.
     */
    remove({ removeChildren }?: {
        removeChildren?: boolean;
    }): Promise<void>;
    /** Ends the deduplication this job holds; whether it held one. */
    removeDeduplicationKey(): Promise<boolean>;
    /** Reads the job again. */
    refresh(): Promise<void>;
    private toNewJob;
}

/** Strategies that need no function of the user's, by type: from a delay, ms, and a jitter, 0-1. */
type BuiltInStrategies = Record<string, (delay: number, jitter?: number) => BackoffStrategy>;
/** Delays between attempts, as workers compute them. */
declare class Backoffs {
    /** Strategies that need no function of the user's. */
    static readonly builtinStrategies: BuiltInStrategies;
    /** The full form of an option; `undefined` for none. */
    static normalize(backoff: number | BackoffOptions | undefined): BackoffOptions | undefined;
    /**
     * The delay before the next attempt, ms; `undefined` without a backoff.
     *
     * @throws `Error` for a type that is not built in and has no strategy.
     */
    static calculate(backoff: BackoffOptions | undefined, attemptsMade: number, error: Error, job: Job, strategy?: BackoffStrategy): Promise<number> | number | undefined;
}

/** A client of Redis, as far as one is recognised. */
interface RedisLike {
    connect(...args: Untyped[]): Untyped;
    disconnect(...args: Untyped[]): Untyped;
    duplicate(...args: Untyped[]): Untyped;
}
/** What {@link removeAllQueueData} needs of a client; one of ioredis has it. */
interface ScanningClient {
    scanStream(options: {
        match: string;
        count?: number;
    }): AsyncIterable<unknown>;
    unlink?(...keys: string[]): Promise<unknown>;
    del(...keys: string[]): Promise<unknown>;
    quit(): Promise<unknown>;
}
/** Whether something is a client of Redis, rather than options for one. */
declare function isRedisInstance(value: Untyped): value is RedisLike;
/** Whether something is a client of a cluster. */
declare function isRedisCluster(value: unknown): boolean;
/** Whether an error is something else than a refused or a closed connection. */
declare function isNotConnectionError(error: Error): boolean;
/** Raises the number of listeners an emitter takes without a warning. */
declare function increaseMaxListeners(emitter: {
    getMaxListeners(): number;
    setMaxListeners(count: number): unknown;
}, count: number): void;
/** Lowers the number of listeners an emitter takes without a warning. */
declare function decreaseMaxListeners(emitter: {
    getMaxListeners(): number;
    setMaxListeners(count: number): unknown;
}, count: number): void;
/**
 * Deletes everything of a queue and closes the client, which is how tests clean up. For queues in use there is
 * `queue.obliterate()`. Answers `false` for a cluster, where it does nothing.
 */
declare function removeAllQueueData(client: ScanningClient, queueName: string, prefix?: string): Promise<boolean | undefined>;

/** Largest priority a job can have. */
declare const PRIORITY_LIMIT: number

/** Release of this package. */
declare const version: string;
/** BullMQ release whose state in Redis this package reads and writes. */
declare const bullmqVersion: string;
/** The first number of {@link bullmqVersion}. */
declare const BULLMQ_MAJOR_VERSION: number;

/** Message of `ConnectionClosedError`. */
declare const CONNECTION_CLOSED_ERROR_MSG = "Connection is closed.";
/** Ends the name of an event reader's connection. */
declare const QUEUE_EVENT_SUFFIX = ":qe";
/** A short delay, ms. */
declare const DELAY_TIME_1 = 100;
/** A longer delay, ms. */
declare const DELAY_TIME_5 = 5000;
/** Short names of options in their stored form, by the names users write. */
declare const optsEncodeMap: Readonly<Record<string, string>>;
/** Names of options as users write them, by their short ones. */
declare const optsDecodeMap: Readonly<Record<string, string>>;

/** How many minutes of metrics to keep, for a worker's `metrics.maxDataPoints`. */
declare enum MetricsTime {
    /** 1 */
    ONE_MINUTE = 1,
    /** 5 */
    FIVE_MINUTES = 5,
    /** 15 */
    FIFTEEN_MINUTES = 15,
    /** 30 */
    THIRTY_MINUTES = 30,
    /** 60 */
    ONE_HOUR = 60,
    /** 7 days. */
    ONE_WEEK = 10080,
    /** 14 days. */
    TWO_WEEKS = 20160,
    /** 56 days: the number that BullMQ has under this name. */
    ONE_MONTH = 80640
}
/** What a connection is for. */
declare enum ClientType {
    /** Waits for jobs or events, and so serves one worker or reader. */
    blocking = "blocking",
    /** Everything else. */
    normal = "normal"
}
/** What a sandboxed processor is told. */
declare enum ChildCommand {
    /** Load the processor. */
    Init = 0,
    /** Run a job. */
    Start = 1,
    /** End the process. */
    Stop = 2,
    /** The answer to `GetChildrenValues`. */
    GetChildrenValuesResponse = 3,
    /** The answer to `GetIgnoredChildrenFailures`. */
    GetIgnoredChildrenFailuresResponse = 4,
    /** The answer to `GetDependenciesCount`. */
    GetDependenciesCountResponse = 5,
    /** The answer to `MoveToWaitingChildren`. */
    MoveToWaitingChildrenResponse = 6,
    /** Abort the signal of the running job. */
    Cancel = 7,
    /** The answer to `GetDependencies`. */
    GetDependenciesResponse = 8
}
/** What a sandboxed processor tells. */
declare enum ParentCommand {
    /** The processor returned. */
    Completed = 0,
    /** An error outside of a job. */
    Error = 1,
    /** The processor threw. */
    Failed = 2,
    /** The processor could not be loaded. */
    InitFailed = 3,
    /** The processor is loaded. */
    InitCompleted = 4,
    /** `job.log` */
    Log = 5,
    /** `job.moveToDelayed` */
    MoveToDelayed = 6,
    /** `job.moveToWait` */
    MoveToWait = 7,
    /** `job.updateProgress` */
    Progress = 8,
    /** `job.updateData` */
    Update = 9,
    /** `job.getChildrenValues` */
    GetChildrenValues = 10,
    /** `job.getIgnoredChildrenFailures` */
    GetIgnoredChildrenFailures = 11,
    /** `job.getDependenciesCount` */
    GetDependenciesCount = 12,
    /** `job.moveToWaitingChildren` */
    MoveToWaitingChildren = 13,
    /** `job.getDependencies` */
    GetDependencies = 14
}

/** Names of keys in Redis. */
declare class QueueKeys {
    /** First part of all keys. */
    readonly prefix: string;
    constructor(
    /** First part of all keys. */
    prefix?: string);
    /** Names of a queue's keys; `''` is what they all begin with. */
    getKeys(name: string): KeysMap;
    /** The full key of one of the queue's suffixes, or of a job by its id. */
    toKey(name: string, type: string): string;
    /** `<prefix>:<queue name>` */
    getQueueQualifiedName(name: string): string;
    /** Opens nothing: only asked for names. */
    private queue;
}

/** Size of a text in UTF-8, bytes. */
declare function lengthInUtf8Bytes(text: string): number;
/** Whether an object has no properties of its own. */
declare function isEmpty(object: object): boolean;
/** An object from names and values that follow each other. */
declare function array2obj(pairs: readonly string[]): Record<string, string>;
/** Names and values of an object, following each other; those that are `undefined` are left out. */
declare function objectToFlatArray(object: Record<string, Untyped>): string[];
/** An object's values as names and its names as values. */
declare function invertObject(object: Record<string, string>): Record<string, string>;
/** An object whose values are the parsed JSON texts of another. */
declare function parseObjectValues(object: Record<string, string>): Record<string, Untyped>;
/** An object without what is `undefined` in another. */
declare function removeUndefinedFields<T extends Record<string, Untyped>>(object: Record<string, Untyped>): T;

/** Waits; ends early when `abortController` is aborted. */
declare function delay(ms: number, abortController?: AbortController): Promise<void>;

/** Message of {@link RateLimitError}. Workers of every kind recognise it. */
declare const RATE_LIMIT_ERROR = "bullmq:rateLimitExceeded";
/** Message of an {@link UnrecoverableError} without one of its own. */
declare const UNRECOVERABLE_ERROR = "bullmq:unrecoverable";
/** Message of a {@link DelayedError} without one of its own. */
declare const DELAYED_ERROR = "bullmq:movedToDelayed";
/** Message of a {@link WaitingError} without one of its own. */
declare const WAITING_ERROR = "bullmq:movedToWait";
/** Message of a {@link WaitingChildrenError} without one of its own. */
declare const WAITING_CHILDREN_ERROR = "bullmq:movedToWaitingChildren";
/**
 * Thrown by a processor: fail the job now, whatever attempts it has left.
 *
 * Recognised by its `name`, so one made by another copy of this package or by BullMQ works as well.
 */
declare class UnrecoverableError extends Error {
    constructor(message?: string);
}
/** Thrown by a processor after `job.moveToDelayed(...)`: the job is already elsewhere, neither complete nor fail it. */
declare class DelayedError extends Error {
    constructor(message?: string);
}
/** Thrown by a processor after `job.moveToWait(...)`: the job is already elsewhere, neither complete nor fail it. */
declare class WaitingError extends Error {
    constructor(message?: string);
}
/** Thrown by a processor after `job.moveToWaitingChildren(...)`: the job waits for its children. */
declare class WaitingChildrenError extends Error {
    constructor(message?: string);
}
/** Thrown by a processor after `worker.rateLimit(ms)`: put the job back to wait without burning an attempt. */
declare class RateLimitError extends Error {
    constructor(message?: string);
}

/** Numeric `code` of errors that tell about a job's state, as BullMQ reports them. */
declare enum ErrorCode {
    /** {@link JobMissingError} */
    JobNotExist = -1,
    /** {@link LockMissingError} */
    JobLockNotExist = -2,
    /** {@link JobNotInStateError} */
    JobNotInState = -3,
    /** {@link PendingDependenciesError} */
    JobPendingChildren = -4,
    /** {@link ParentJobMissingError} */
    ParentJobNotExist = -5,
    /** {@link LockMismatchError} */
    JobLockMismatch = -6,
    /** {@link ParentNotReplaceableError} */
    ParentJobCannotBeReplaced = -7,
    /** {@link BelongsToSchedulerError} */
    JobBelongsToJobScheduler = -8,
    /** A job cannot complete: children that must not fail have failed. */
    JobHasFailedChildren = -9,
    /** {@link SchedulerJobExistsError} */
    SchedulerJobIdCollision = -10,
    /** {@link SchedulerSlotsTakenError} */
    SchedulerJobSlotsBusy = -11
}
/** Base of every error this package throws on its own account. */
declare abstract class QueueError extends Error {
    /** Stable, machine-readable cause: a name such as `QUEUE_UNAVAILABLE`, or one of {@link ErrorCode}. */
    abstract readonly code: string | number;
    /** The job the error is about, where there is one. */
    readonly jobId?: string;
    constructor(message: string, details?: ErrorDetails);
}
/** What an error may carry beside its message. */
interface ErrorDetails {
    /** The job the error is about. */
    jobId?: string;
    /** The error that led to this one. */
    cause?: unknown;
}
/** The job does not exist (any more). */
declare class JobMissingError extends QueueError {
    readonly code = ErrorCode.JobNotExist;
}
/** The job's lock has expired or was released: another worker may have taken it. */
declare class LockMissingError extends QueueError {
    readonly code = ErrorCode.JobLockNotExist;
}
/** The job is not in the state that the operation needs. */
declare class JobNotInStateError extends QueueError {
    readonly code = ErrorCode.JobNotInState;
}
/** The job still waits for children. */
declare class PendingDependenciesError extends QueueError {
    readonly code = ErrorCode.JobPendingChildren;
}
/** The parent job does not exist. */
declare class ParentJobMissingError extends QueueError {
    readonly code = ErrorCode.ParentJobNotExist;
}
/** Another worker holds the job's lock. */
declare class LockMismatchError extends QueueError {
    readonly code = ErrorCode.JobLockMismatch;
}
/** The job already has another parent. */
declare class ParentNotReplaceableError extends QueueError {
    readonly code = ErrorCode.ParentJobCannotBeReplaced;
}
/** The pending job of a scheduler can only be removed with its scheduler. */
declare class BelongsToSchedulerError extends QueueError {
    readonly code = ErrorCode.JobBelongsToJobScheduler;
}
/** Another job has the id that the next job of a scheduler would get. */
declare class SchedulerJobExistsError extends QueueError {
    readonly code = ErrorCode.SchedulerJobIdCollision;
}
/** Other jobs have the ids of the next slot of a scheduler and of those after it. */
declare class SchedulerSlotsTakenError extends QueueError {
    readonly code = ErrorCode.SchedulerJobSlotsBusy;
}
/** The next job of a scheduler could not be added when the one before was taken. */
declare class NextIterationError extends QueueError {
    readonly code = "NEXT_ITERATION_FAILED";
}
/** A worker owns the job, so it cannot be removed. */
declare class JobLockedError extends QueueError {
    readonly code = "JOB_LOCKED";
}
/** Job data that cannot be stored: bytes (pass a path instead), or more of it than `sizeLimit` allows. */
declare class InvalidJobDataError extends QueueError {
    readonly code = "INVALID_JOB_DATA";
}
/** An option has a value that cannot work; the message names it. */
declare class InvalidOptionError extends QueueError {
    readonly code = "INVALID_OPTION";
}
/** Redis could not be reached within the deadline. */
declare class QueueUnavailableError extends QueueError {
    readonly code = "QUEUE_UNAVAILABLE";
}
/** The handle was closed. */
declare class ConnectionClosedError extends QueueError {
    readonly code = "CONNECTION_CLOSED";
}
/** `waitUntilFinished` gave up: the job did not finish within the time given. */
declare class WaitTimeoutError extends QueueError {
    readonly code = "WAIT_TIMEOUT";
}
/** A run took longer than its job's option `timeout`: why the attempt failed, and the reason of its signal. */
declare class JobTimeoutError extends QueueError {
    readonly code = "JOB_TIMEOUT";
}
/** Any other failure of the engine; `code` says which, in Node's words for connection errors (`ECONNREFUSED`, ...). */
declare class EngineError extends QueueError {
    readonly code: string;
    constructor(code: string, message: string, details?: ErrorDetails);
}

/** A setting that cannot work; its message names the setting and says what was expected. */
declare class ConfigurationError extends QueueError {
    readonly code = "INVALID_CONFIGURATION";
}

/** Options of a {@link FlowProducer}. */
type FlowProducerOptions = QueueBaseOptions;
/** Options of the root of a flow. */
interface FlowJobOpts extends Omit<JobsOptions, 'deduplication'> {
    /** Keeps others of its kind away; a job of a flow cannot be replaced. */
    deduplication?: Omit<DeduplicationOptions, 'replace'>;
}
/** Options of a job below another, with children. */
type FlowParentJobOpts = Omit<FlowJobOpts, 'deduplication' | 'parent'>;
/** Options of a job below another, without children. */
type FlowNestedLeafJobOpts = Omit<FlowJobOpts, 'parent'>;
/** What all jobs of a flow have in common. */
interface FlowJobBase<Opts> {
    /** Name of the job. */
    name: string;
    /** Name of its queue. */
    queueName: string;
    /** Payload. */
    data?: Untyped;
    /** First part of the keys of its queue. Default: the producer's. */
    prefix?: string | undefined;
    /** Options of the job; its id is a random UUID unless `jobId` names one. */
    opts?: Opts;
}
/** A job below another, without children. */
interface FlowNestedLeafJob extends FlowJobBase<FlowNestedLeafJobOpts> {
    /** None. */
    children?: never;
}
/** A job below another, with children. */
interface FlowParentJob extends FlowJobBase<FlowParentJobOpts> {
    /** Jobs that end before it runs. */
    children: FlowJobNode[];
}
/** A job below another. */
type FlowJobNode = FlowParentJob | FlowNestedLeafJob;
/** A flow of one job. */
interface FlowRootLeafJob extends FlowJobBase<FlowJobOpts> {
    /** None. */
    children?: never;
}
/** A flow: its root, which runs after its children. */
interface FlowRootParentJob extends FlowJobBase<FlowJobOpts> {
    /** Jobs that end before it runs. */
    children: FlowJobNode[];
}
/** A tree of jobs in which every parent runs after its children. */
type FlowJob = FlowRootLeafJob | FlowRootParentJob;
/** Options of queues by their names; what counts is `defaultJobOptions`. */
type FlowQueuesOpts = Record<string, Omit<QueueOptions, 'connection' | 'prefix'>>;
/** Options of {@link FlowProducer.add}. */
interface FlowOpts {
    /** Options of the queues that take part. */
    queuesOptions: FlowQueuesOpts;
}
/** Which part of a flow {@link FlowProducer.getFlow} reads. */
interface NodeOpts {
    /** Name of the root's queue. */
    queueName: string;
    /** First part of the keys of the root's queue. Default: the producer's. */
    prefix?: string | undefined;
    /** Id of the root. */
    id: string;
    /** Levels to read; 1 is the root alone. Default 10. */
    depth?: number | undefined;
    /** About how many children of each kind (completed, open, failed, ignored) to read per job. Default 20. */
    maxChildren?: number | undefined;
}

/** A job of a flow with its children; without any if it has none. */
interface JobNode {
    /** The job. */
    job: Job;
    /** Jobs it waits for or has waited for. */
    children?: JobNode[];
}

/** Listeners of a {@link FlowProducer}. */
interface FlowProducerListener {
    /** Something went wrong that no caller is told of, or a listener threw. */
    error: (error: Error) => void;
}
/**
 * Adds flows: trees of jobs over any queues, in which a parent runs after its children have ended.
 *
 * ```ts
 * const flows = new FlowProducer({ connection: 'redis://127.0.0.1:6379' });
 * await flows.add({
 *   name: 'album',
 *   queueName: 'albums',
 *   children: [{ name: 'thumbnail', queueName: 'images', data: { path: '1.jpg' } }],
 * });
 * ```
 */
declare class FlowProducer extends SafeEmitter<FlowProducerListener> {
    /** The options given. */
    readonly opts: FlowProducerOptions;
    /** Set once {@link FlowProducer.close} has been called. */
    closing: Promise<void> | undefined;
    private readonly native;
    private readonly connectionKey;
    private readonly closeController;
    private readonly tracing;
    /** @throws `Error` for a connection option that cannot work. */
    constructor(
    /** The options given. */
    opts?: FlowProducerOptions);
    /** The class of the jobs that are answered. */
    protected get Job(): typeof Job;
    /**
     * Adds a flow and answers its jobs.
     *
     * All options are checked before anything is added. A flow of up to 256 jobs is added at one moment; of a larger one, children may
     * run before its root is added, but no parent before all its children are.
     *
     * @throws `Error` naming an option that cannot work, as from `queue.add`; `Deduplication options cannot be used on flow nodes with
     * children`; `ParentJobMissingError` (`code` -5) and `ParentNotReplaceableError` (-7) about the root's `parent`.
     */
    add(flow: FlowJob, opts?: FlowOpts): Promise<JobNode>;
    /**
     * Adds flows and answers their jobs. All options are checked before anything is added. Flows of up to 256 jobs together are added at
     * one moment.
     *
     * As in BullMQ, a root that is refused because of its `parent` leaves the other flows alone: its flow is answered although it was
     * not added. An `error` event tells why.
     */
    addBulk(flows: FlowJob[]): Promise<JobNode[]>;
    /** Reads a job and the jobs below it; `undefined` if it does not exist. Jobs that were removed are left out. */
    getFlow(opts: NodeOpts): Promise<JobNode | undefined>;
    /**
     * Waits until Redis answers.
     *
     * @throws the connection error, such as `connect ECONNREFUSED 127.0.0.1:6379`, once `retryStrategy` gives up.
     */
    waitUntilReady(): Promise<void>;
    /** Lets go of the connection; calls under way are answered first. Also works while Redis is down, and twice. */
    close(): Promise<void>;
    /** Lets go of the connection without waiting for calls under way. */
    disconnect(): Promise<void>;
    private shutDown;
    private addFlows;
    private traced;
    /** Queues of the jobs of one call, each made once. */
    private queues;
}

/** Where health and metrics are served. */
interface HealthServerOptions {
    /** Port; 0 takes a free one. */
    port: number;
    /** IP address to listen on, or `localhost`. Default `127.0.0.1`: nobody but this machine; `0.0.0.0` for everybody. */
    host?: string;
}
/** `/healthz`, `/readyz` and `/metrics` of this process, see {@link serveHealth}. */
declare class HealthServer {
    private readonly native;
    /** The IP address it listens on. */
    readonly host: string;
    /** The port it listens on. */
    readonly port: number;
    private constructor();
    /** Stops listening. Also twice. */
    close(): Promise<void>;
}
/**
 * Serves the health of all workers of this process over HTTP: `/healthz` answers while the process lives, `/readyz` while its
 * workers take jobs, `/metrics` in Prometheus' format.
 *
 * Answered on a native thread, also while JavaScript is blocked. Does not keep the process alive.
 *
 * ```ts
 * const health = await serveHealth({ port: 9090 });
 * ```
 *
 * @throws `EngineError` with the code `INVALID_HEALTH_PORT`, `INVALID_HEALTH_HOST` or `HEALTH_ADDRESS_UNAVAILABLE`.
 */
declare function serveHealth(options: HealthServerOptions): Promise<HealthServer>;

/**
 * Accepts an ioredis client as `connection`; clients can be passed as they are, this is what code written for BullMQ calls.
 *
 * Its options are read; the client itself is never used or closed.
 */
declare function createIORedisClient<Client extends RedisClient>(client: Client): Client;
/**
 * Accepts a node-redis client as `connection`; clients can be passed as they are, this is what code written for BullMQ calls.
 *
 * Its options are read; the client itself is never used or closed, and need not be connected.
 */
declare function createNodeRedisClient<Client extends RedisClient>(client: Client): Client;

/** A child of a job. */
interface DependencyItem {
    /** Full key of the child. */
    id: string;
    /** What it returned, if it completed. */
    v?: Untyped;
}
/** Some of the children of a job. */
interface DependenciesPage {
    /** The children in the range. */
    items: DependencyItem[];
    /** Their jobs; those that were removed are left out. */
    jobs: JobJson[];
    /** How many children of this kind there are. */
    total: number;
}

/** What a job scheduler needs of its queue. */
interface SchedulingQueue extends QueueLike {
    /** Options of the queue; those of its jobs are under those of the template. */
    readonly opts: QueueOptions;
    /** Waits until Redis answers. */
    waitUntilReady(): Promise<void>;
}
/** Listeners of a {@link JobScheduler}. */
interface JobSchedulerListener {
    /** Something went wrong that no caller is told of. */
    error: (error: Error) => void;
}
/** The job schedulers of one queue: each adds a job whenever its time has come. {@link Queue} has the same methods. */
declare class JobScheduler extends SafeEmitter<JobSchedulerListener> {
    private readonly queue;
    constructor(queue: SchedulingQueue);
    /** Waits until Redis answers. */
    waitUntilReady(): Promise<void>;
    /** See {@link Queue.upsertJobScheduler}. */
    upsertJobScheduler<Data, Result, Name extends string>(id: string, repeat: RepeatOptions, template?: JobSchedulerTemplate<Data, Name>): Promise<Job<Data, Result, Name> | undefined>;
    private upsert;
    /** A scheduler; `undefined` if there is none of this id. */
    getScheduler<Data>(id: string): Promise<JobSchedulerJson<Data> | undefined>;
    /** Schedulers by the time of their next job, latest first unless `asc`. */
    getJobSchedulers<Data>(start?: number, end?: number, asc?: boolean): Promise<JobSchedulerJson<Data>[]>;
    /** How many schedulers there are. */
    getSchedulersCount(): Promise<number>;
    /** Whether there is a scheduler of this id. */
    isJobScheduler(id: string): Promise<boolean>;
    /** Removes a scheduler; whether there was one. */
    removeJobScheduler(id: string): Promise<boolean>;
    /** What the user's strategy says: a time, `null` for never, `undefined` if there is no strategy to ask. */
    private chooseSlot;
}

/** How a worker whose processor is a file runs it. */
interface SandboxOptions {
    /** Run the file in worker threads instead of child processes. Default `false`. */
    useWorkerThreads?: boolean | undefined;
    /** Options of `child_process.fork`, such as `execArgv`, `env` or `timeout`. Default: those of this process. */
    workerForkOptions?: ForkOptions | undefined;
    /** Options of `worker_threads.Worker`, such as `resourceLimits`. Default: those of this thread. */
    workerThreadsOptions?: WorkerOptions$1 | undefined;
}

/** Bound on jobs started per time, over all workers of the queue. */
interface RateLimiterOptions {
    /** Jobs per window, at least 1. */
    max: number;
    /** Length of a window, ms, at least 1. */
    duration: number;
}
/** Functions that change how a worker decides. */
interface AdvancedOptions extends AdvancedRepeatOptions {
    /** Delay before the next attempt of jobs whose backoff type is not built in. */
    backoffStrategy?: BackoffStrategy | undefined;
}
/**
 * Options of a {@link Worker}.
 *
 * @throws `Error` from the constructor, naming the option, for a value that cannot work.
 */
interface WorkerOptions extends QueueBaseOptions, SandboxOptions {
    /** Recorded as `processedBy` of the jobs it takes, and part of its connection's name. Default: none. */
    name?: string | undefined;
    /** Start taking jobs at once. Default `true`. */
    autorun?: boolean | undefined;
    /** Jobs run at once, at least 1; can be changed while the worker runs. Default 1. */
    concurrency?: number | undefined;
    /** Bound on jobs started per time. Default: none. */
    limiter?: RateLimiterOptions | undefined;
    /** How long a job's lock lives without renewal, ms. Default 30000. */
    lockDuration?: number | undefined;
    /** Interval of lock renewals, ms; less than `lockDuration`. Default: half of it. */
    lockRenewTime?: number | undefined;
    /** Leave renewing locks to the caller. Default `false`. */
    skipLockRenewal?: boolean | undefined;
    /**
     * How long the event loop may be blocked before its running jobs are given up, ms, above 0: until then native threads renew their
     * locks; from then on other workers may take them, and an `error` event says so for each. Default 600000 (10 minutes).
     */
    maxBlocked?: number | undefined;
    /** Interval of checks for jobs whose worker vanished, ms, above 0. Default 30000. */
    stalledInterval?: number | undefined;
    /** Leave checking for stalled jobs to other workers. Default `false`. */
    skipStalledCheck?: boolean | undefined;
    /** How often a job may stall before it fails, 0 or more. Default 1. */
    maxStalledCount?: number | undefined;
    /** How often a job may be started, whatever became of it, before it fails. Default: no limit. */
    maxStartedAttempts?: number | undefined;
    /** Longest wait for a wake-up before looking for jobs again, s, above 0. Default 5. */
    drainDelay?: number | undefined;
    /** What is kept of completed jobs that do not say so themselves. Default: all. */
    removeOnComplete?: KeepJobs | undefined;
    /** What is kept of failed jobs that do not say so themselves. Default: all. */
    removeOnFail?: KeepJobs | undefined;
    /**
     * Interval of looks for finished jobs that are older than their retention by `age` allows, ms, above 0. One worker of the queue
     * looks per interval; the age is that of the job that finished last, before that the worker's own. Default 60000.
     */
    retentionInterval?: number | undefined;
    /** Longest pause between attempts to reach Redis after an error, ms. Default 15000. */
    runRetryDelay?: number | undefined;
    /** Longest sleep while rate limited, ms, so that delayed jobs are still promoted. Default 30000. */
    maximumRateLimitDelay?: number | undefined;
    /** Count finished jobs per minute and keep this many minutes. Default: no metrics. */
    metrics?: {
        /** Minutes to keep, e.g. `MetricsTime.ONE_WEEK`. */
        maxDataPoints?: number | undefined;
    } | undefined;
    /** Functions that change how the worker decides. */
    settings?: AdvancedOptions | undefined;
}
/** Options of {@link Worker.getNextJob}. */
interface GetNextJobOptions {
    /** Wait for a job if there is none. Default `true`. */
    block?: boolean | undefined;
}
/** How {@link Worker.close} treats jobs that still run. */
interface CloseOptions {
    /** Wait this long for them, ms, then hand them back to the queue without burning an attempt. Default: wait until they end. */
    timeout?: number | undefined;
}

/** One browser that wants push messages for a user. */
interface PushSubscription {
    /** Primary key of the row. */
    id: string;
    /** Whom it belongs to. */
    userId: string;
    /** URL of the push service. Whoever knows it can push: never log it. */
    endpoint: string;
    /** The browser's public key, base64url. */
    p256dh: string;
    /** The browser's authentication secret, base64url. */
    auth: string;
}
/** Where push subscriptions are kept. A method that throws fails the attempt, which is then retried. */
interface SubscriptionStore {
    /** Every subscription of every one of these users, in any order; users without any are simply absent. */
    findByUser(userIds: string[]): Promise<readonly PushSubscription[]>;
    /** Removes subscriptions; ids that are gone already are fine. */
    remove(ids: string[]): Promise<unknown>;
}
/** Where uploaded files are registered. */
interface FileStore {
    /** Changes the row of one file; throws if there is none. */
    update(fileId: string, fields: FileFields): Promise<unknown>;
}
/** What became of an uploaded file. */
interface FileFields {
    /** Public URL of the compressed rendition. */
    compressedUrl: string;
    /** Public URL of the thumbnail. */
    thumbnailUrl: string;
    /** Whether processing is done. */
    processed: boolean;
}
/** Where users are registered. */
interface UserStore {
    /** Changes the row of one user; throws if there is none. */
    update(userId: string, fields: {
        avatar: string;
    }): Promise<unknown>;
}
/** The rows that processors read and change; only those that the processor needs. */
interface Stores {
    /** For push notifications. */
    subscriptions?: SubscriptionStore | undefined;
    /** For images and videos. */
    files?: FileStore | undefined;
    /** For avatars. */
    users?: UserStore | undefined;
}
/** Everything that processors may need. */
interface AllStores extends Stores {
    /** For push notifications. */
    subscriptions: SubscriptionStore;
    /** For images and videos. */
    files: FileStore;
    /** For avatars. */
    users: UserStore;
}
/** Stores in the embedded database. */
interface SqliteStores extends Stores {
    /** For push notifications. */
    subscriptions: SubscriptionStore & {
        /** Adds a subscription, or replaces the one with its id or endpoint. */
        save(subscription: PushSubscription): Promise<void>;
    };
    /** For images and videos. */
    files: FileStore & {
        /** Registers an upload; nothing happens if it is registered already. */
        save(fileId: string): Promise<void>;
    };
    /** For avatars. */
    users: UserStore & {
        /** Registers a user; nothing happens if the user is registered already. */
        save(userId: string): Promise<void>;
    };
    /** Closes the database. Processors that still use it fail their jobs. */
    close(): Promise<void>;
}
/**
 * Opens the embedded database, making the file and its tables if they are missing.
 *
 * `url`: `sqlite:./synapse.db`, or `file:./synapse.db` as Prisma writes it.
 *
 * @throws `EngineError` with `code` `UNSUPPORTED_DATABASE`, `INVALID_DATABASE_URL` or `DATABASE_ERROR`.
 */
declare function sqliteStores(url?: string): Promise<SqliteStores>;
/** The models of Prisma's client that {@link prismaStores} uses. */
interface PrismaClientLike {
    /** Of `PushSubscription`. */
    pushSubscription: {
        /** Reads the subscriptions of users. */
        findMany(args: {
            where: {
                userId: {
                    in: string[];
                };
            };
        }): Promise<PushSubscription[]>;
        /** Removes subscriptions. */
        deleteMany(args: {
            where: {
                id: {
                    in: string[];
                };
            };
        }): Promise<unknown>;
    };
    /** Of `File`. */
    file: {
        /** Changes the row of one file. */
        update(args: {
            where: {
                id: string;
            };
            data: FileFields;
        }): Promise<unknown>;
    };
    /** Of `User`. */
    user: {
        /** Changes the row of one user. */
        update(args: {
            where: {
                id: string;
            };
            data: {
                avatar: string;
            };
        }): Promise<unknown>;
    };
}
/** Stores in the application's own database, through its Prisma client with the models `PushSubscription`, `File` and `User`. */
declare function prismaStores(prisma: PrismaClientLike): AllStores;

/** Names of the application's own tables and columns, where they differ from those that Prisma gives the models. */
interface TableNames {
    /** Push subscriptions. */
    subscriptions?: SubscriptionTable;
    /** Uploaded files. */
    files?: FileTable;
    /** Users. */
    users?: UserTable;
}
/** Names of the table of push subscriptions; each column defaults to the name of its property. */
interface SubscriptionTable {
    /** Default `PushSubscription`. */
    table?: string;
    /** Column of the primary key. */
    id?: string;
    /** Column of the user's id. */
    userId?: string;
    /** Column of the push service's URL. */
    endpoint?: string;
    /** Column of the browser's public key. */
    p256dh?: string;
    /** Column of the browser's authentication secret. */
    auth?: string;
}
/** Names of the table of uploaded files; each column defaults to the name of its property. */
interface FileTable {
    /** Default `File`. */
    table?: string;
    /** Column of the primary key. */
    id?: string;
    /** Column of the compressed rendition's URL. */
    compressedUrl?: string;
    /** Column of the thumbnail's URL. */
    thumbnailUrl?: string;
    /** Column that says whether processing is done. */
    processed?: string;
}
/** Names of the table of users; each column defaults to the name of its property. */
interface UserTable {
    /** Default `User`. */
    table?: string;
    /** Column of the primary key. */
    id?: string;
    /** Column of the picture's URL. */
    avatar?: string;
}
/** Options of {@link databaseStores}. */
interface DatabaseStoresOptions {
    /**
     * `postgresql://…`, `mysql://…`, `sqlite:<path>` or Prisma's `file:<path>`, with Prisma's `schema`, `connection_limit` and `pgbouncer`.
     * Default: `DATABASE_URL`, else `sqlite:./synapse.db`.
     */
    url?: string | undefined;
    /** Default: as Prisma names them. */
    tables?: TableNames | undefined;
}
/** Stores in the application's database. */
interface DatabaseStores extends AllStores {
    /** Closes the connections. Processors that still use them fail their jobs. */
    close(): Promise<void>;
}
/**
 * Opens the application's database for the processors, which then use it from Rust: no row passes through JavaScript.
 *
 * Names are quoted and values always bound. Nothing is created; the rows are the application's.
 *
 * @throws `EngineError` with `code` `UNSUPPORTED_DATABASE`, `INVALID_DATABASE_URL`, `INVALID_TABLE_NAME` or `DATABASE_ERROR`.
 */
declare function databaseStores(options?: DatabaseStoresOptions): Promise<DatabaseStores>;

/**
 * A processor that runs in Rust.
 *
 * In a worker's map of processors it runs its jobs without touching JavaScript. It is a function as well, to be called from a
 * processor of your own.
 */
interface NativeJobProcessor<Data = Untyped, Result = Untyped> {
    (job: Job<Data, Result>, token?: string, signal?: AbortSignal): Promise<Result>;
    /** Tells it from a processor in JavaScript. */
    readonly isNative: true;
}
/** What a map needs to know of a processor in Rust. Its call signature would keep TypeScript from typing the functions beside it. */
type NativeMapEntry = Pick<NativeJobProcessor, 'isNative'>;
/** Processors by job name. A job of another name fails with `Unknown job type: <name>`. */
type ProcessorMap<Data = Untyped, Result = Untyped, Name extends string = string, Progress extends JobProgress = JobProgress> = Record<string, Processor<Data, Result, Name, Progress> | NativeMapEntry>;

/** What a browser shows. At most 3993 bytes as JSON: push services accept no larger message. */
interface PushPayload {
    /** First line of the notification. */
    title: string;
    /** Text of the notification. */
    body: string;
    /** Page that a click opens. */
    url?: string | undefined;
    /** Picture beside the text. */
    icon?: string | undefined;
}
/** Data of `push-notification`. */
interface PushNotificationData {
    /** Whose subscriptions get the message. */
    userId: string;
    /** What the browsers show. */
    payload: PushPayload;
}
/** Data of `batch-push-notification`: one job for many users. */
interface BatchPushNotificationData {
    /** Ids of the users whose subscriptions get the message. */
    users: readonly string[];
    /** What the browsers show. */
    payload: PushPayload;
}
/** Data of jobs that make web versions of an upload. Paths are inside the worker's storage; bytes are refused. */
interface UploadData {
    /** Id of the row that is told about the results; they are called after it. */
    fileId: string;
    /** The upload. */
    filePath: string;
    /** Who uploaded it. */
    userId?: string | undefined;
}
/** Data of jobs that make one file of another. Paths are inside the worker's storage. */
interface ConversionData<Options> {
    /** The original. */
    filePath: string;
    /** Where the result goes. */
    outputPath: string;
    /** What to make of it. Default: as each option says. */
    options?: Options | undefined;
    /** Remove the original once the result is stored. Default `false`. */
    deleteOriginal?: boolean | undefined;
}
/** What to make of an image. */
interface ImageConversionOptions {
    /** Largest width, px, 1-16383. Default 1920. */
    maxWidth?: number | undefined;
    /** Largest height, px, 1-16383. Default 1080. */
    maxHeight?: number | undefined;
    /** 1-100. Default 85. */
    quality?: number | undefined;
    /** Default: what the extension of `outputPath` says, else `jpeg`. */
    format?: 'jpeg' | 'png' | 'webp' | 'avif' | undefined;
}
/** What to make of a video. */
interface VideoConversionOptions {
    /** Largest width, px. Default 1280. */
    maxWidth?: number | undefined;
    /** Largest height, px. Default 720. */
    maxHeight?: number | undefined;
}
/** Data of `process-image`. */
type ImageProcessingData = UploadData | ConversionData<ImageConversionOptions>;
/** Data of `process-video`. */
type VideoProcessingData = UploadData | ConversionData<VideoConversionOptions>;
/** Data of `optimize-avatar`. */
interface AvatarOptimizationData {
    /** The uploaded picture, inside the worker's storage. */
    filePath: string;
    /** Whose picture it is. */
    userId: string;
}
/** An address in two parts, which need no quoting. */
interface NamedAddress {
    /** What recipients see; any script. */
    name?: string | undefined;
    /** E.g. `ann@example.com`. */
    address: string;
}
/** An address: `ann@example.com`, `Ann <ann@example.com>`, or in two parts. */
type EmailAddress = string | NamedAddress;
/** A file that travels with an e-mail. */
interface EmailAttachment {
    /** Inside the worker's storage. */
    path: string;
    /** What the recipient sees. Default: the last part of the path. */
    filename?: string | undefined;
    /** E.g. `application/pdf`. Default: what the name's extension says. */
    contentType?: string | undefined;
}
/** Data of `send-email`. At most 100 recipients, at most 25 MiB of attachments. */
interface EmailData {
    /** Recipients; a text may hold several between commas. */
    to: EmailAddress | readonly EmailAddress[];
    /** One line. */
    subject: string;
    /** HTML. May be left out if there is a `text`. */
    body?: string | undefined;
    /** What readers without HTML see. Default: made from `body`. */
    text?: string | undefined;
    /** Default: the worker's sender. */
    from?: EmailAddress | undefined;
    /** Recipients that the others see. */
    cc?: EmailAddress | readonly EmailAddress[] | undefined;
    /** Recipients that the others do not see. */
    bcc?: EmailAddress | readonly EmailAddress[] | undefined;
    /** Where answers go. Default: to the sender. */
    replyTo?: EmailAddress | readonly EmailAddress[] | undefined;
    /** Further headers by name; not those that other fields make. */
    headers?: Readonly<Record<string, string>> | undefined;
    /** At most 25 MiB together. */
    attachments?: readonly EmailAttachment[] | undefined;
}

/** Where processors read uploads and write results. */
interface StorageOptions {
    /**
     * Where uploads are read and results are written: `file:<directory>` or `s3://<bucket>/<prefix>`. Default: `STORAGE_URL`, else
     * `file:./public`.
     */
    storage?: string | undefined;
    /** What stands before a result's path in its public URL. Default: `PUBLIC_BASE_URL`, else nothing. */
    publicBaseUrl?: string | undefined;
}

/** What uploads may cost. */
interface ImageLimits {
    /** Largest width × height that is decoded, pixels. Default 100 million. */
    maxPixels?: number | undefined;
    /** Largest file that is read, bytes. Default 64 MiB; never more than an eighth of `memoryBudget`. */
    maxInputBytes?: number | undefined;
    /**
     * Memory for all images being processed, bytes, at least 16 MiB; further images wait. An image that needs more than six eighths of
     * it by itself is refused. Default 512 MiB.
     */
    memoryBudget?: number | undefined;
    /**
     * Which decoders see the bytes of uploads. `memory-safe`: Rust for every format, at about twice the time for JPEG. `fastest`: libjpeg-turbo for
     * JPEG, Rust for the others. Default: `IMAGE_DECODERS`, else `fastest`.
     */
    decoders?: 'fastest' | 'memory-safe' | undefined;
}
/** Options of {@link imageProcessor}. */
interface ImageProcessorOptions extends StorageOptions, ImageLimits {
    /** Where uploads are registered. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
    stores?: SqliteStores | DatabaseStores | Pick<AllStores, 'files'> | undefined;
}
/** What avatars look like. */
interface AvatarStyle {
    /** Sides in pixels: 1 to 16 numbers from 1 to 4096. Default 32, 64, 128, 256 and 512. */
    sizes?: readonly number[] | undefined;
    /** Default `webp`. */
    format?: 'jpeg' | 'png' | 'webp' | 'avif' | undefined;
    /** 1-100. Default 80. */
    quality?: number | undefined;
}
/** Options of {@link avatarProcessor}. */
interface AvatarProcessorOptions extends StorageOptions, ImageLimits, AvatarStyle {
    /** Where users are registered. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
    stores?: SqliteStores | DatabaseStores | Pick<AllStores, 'users'> | undefined;
}
/** Options of {@link imageProcessors}. */
interface ImageProcessorsOptions extends StorageOptions, ImageLimits {
    /** What avatars look like. */
    avatars?: AvatarStyle | undefined;
    /** Where uploads and users are registered. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
    stores?: SqliteStores | DatabaseStores | Pick<Stores, 'files' | 'users'> | undefined;
}
/** Pixels of a picture as it is shown, its orientation applied. */
interface ImageDimensions {
    /** From left to right. */
    width: number;
    /** From top to bottom. */
    height: number;
}
/** Result of `process-image` for an upload. Sizes in bytes, dimensions in pixels. */
interface PublishedImage {
    /** URL of the image inside 1920 x 1080. */
    compressedUrl: string;
    /** URL of the thumbnail. */
    thumbnailUrl: string;
    /** Of the upload. */
    originalSize: number;
    /** Of the image. */
    compressedSize: number;
    /** Of the thumbnail. */
    thumbnailSize: number;
    /** Of the upload. */
    originalDimensions: ImageDimensions;
    /** Of the image. */
    compressedDimensions: ImageDimensions;
    /** Of the thumbnail. */
    thumbnailDimensions: ImageDimensions;
}
/** Result of `process-image` for a conversion. Sizes in bytes. */
interface ConvertedImage {
    /** Of the original. */
    originalSize: number;
    /** Of the result. */
    compressedSize: number;
    /** How much smaller the result is, per cent; negative if it is larger. */
    savings: number;
    /** Where the result is, inside the storage. */
    outputPath: string;
    /** Of the original. */
    originalDimensions: ImageDimensions;
    /** Of the result. */
    outputDimensions: ImageDimensions;
}
/** Result of `optimize-avatar`. */
interface OptimizedAvatar {
    /** URL of the largest. */
    avatarUrl: string;
    /** URLs by side in pixels. */
    sizes: Record<number, string>;
    /** Bytes. */
    originalSize: number;
    /** Bytes of all files together. */
    compressedSize: number;
    /** How much smaller all files together are, per cent; negative if they are larger. */
    savings: number;
}
/** Processors of images that share one memory budget. */
interface ImageProcessors {
    /** Of `process-image`. */
    image: NativeJobProcessor<ImageProcessingData, PublishedImage | ConvertedImage>;
    /** Of `optimize-avatar`. */
    avatar: NativeJobProcessor<AvatarOptimizationData, OptimizedAvatar>;
}
/**
 * The native processors of `process-image` and `optimize-avatar`, over one storage and with one memory budget for both.
 *
 * Jobs fail with `code` `UNSUPPORTED_FORMAT`, `CORRUPT_IMAGE`, `IMAGE_TOO_LARGE` or `PATH_OUTSIDE_STORAGE`, which are not retried,
 * or with one of the storage or store, which are.
 *
 * @throws `EngineError` with `code` `UNSUPPORTED_STORAGE`, `INVALID_PUBLIC_BASE_URL`, `FILE_UNWRITABLE` or `INVALID_OPTION`,
 * `ConfigurationError` for a variable.
 */
declare function imageProcessors(options?: ImageProcessorsOptions): ImageProcessors;
/** The native processor of `process-image` alone; see {@link imageProcessors}. */
declare function imageProcessor(options?: ImageProcessorOptions): ImageProcessors['image'];
/** The native processor of `optimize-avatar` alone; see {@link imageProcessors}. */
declare function avatarProcessor(options?: AvatarProcessorOptions): ImageProcessors['avatar'];

/** Options of {@link pushProcessors}. */
interface PushProcessorOptions {
    /** Identity of the sender (RFC 8292). Default: `VAPID_PUBLIC_KEY`, `VAPID_PRIVATE_KEY` and `VAPID_SUBJECT`. */
    vapid?: VapidIdentity | undefined;
    /** Where push subscriptions are kept. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
    stores?: SqliteStores | DatabaseStores | Pick<AllStores, 'subscriptions'> | undefined;
    /** How long a push service keeps a message for an absent browser unless the job says otherwise, s. Default 4 weeks. */
    ttl?: number | undefined;
    /** How long one request may take, ms, above 0. Default 10000. */
    timeout?: number | undefined;
    /** Requests in flight at once over all jobs, 1-1000. Default 100. */
    concurrency?: number | undefined;
    /**
     * Lets push services have addresses that are not globally routable; for tests and closed networks. Default:
     * `PUSH_ALLOW_PRIVATE_NETWORK`, else `false`.
     */
    allowPrivateNetwork?: boolean | undefined;
    /** Origins that may have such addresses, e.g. `https://push.internal:8443`. Default: none. */
    allowedOrigins?: readonly string[] | undefined;
    /** Authorities to trust beside the system's, PEM. Default: those in the file of `NODE_EXTRA_CA_CERTS`. */
    extraCa?: string | Uint8Array | undefined;
}
/** The identity that push services know the application by. */
interface VapidIdentity {
    /** Uncompressed P-256 point, base64url. */
    publicKey: string;
    /** P-256 scalar, base64url. Never logged. */
    privateKey: string;
    /** Whom a push service may contact: `mailto:` or an https URL. */
    subject: string;
}
/** Result of `push-notification`, over all attempts. */
interface PushResult {
    /** Subscriptions that got the message. */
    sent: number;
    /** Subscriptions that did not, those that were removed included. Absent if the user has no subscriptions. */
    failed?: number;
    /** Subscriptions of the user. */
    total: number;
}
/** Result of `batch-push-notification`, over all attempts. */
interface BatchPushResult {
    /** Users of the job. */
    users: number;
    /** Subscriptions that got the message. */
    sent: number;
    /** Subscriptions that did not, those that were removed included. */
    failed: number;
    /** Subscriptions of all users. */
    total: number;
}
/** Processors of notifications that share connections, tokens and the bound on requests. */
interface PushProcessors {
    /** Of `push-notification`. */
    single: NativeJobProcessor<PushNotificationData, PushResult>;
    /** Of `batch-push-notification`. */
    batch: NativeJobProcessor<BatchPushNotificationData, BatchPushResult>;
}
/**
 * The native processors of `push-notification` and `batch-push-notification`.
 *
 * Dead subscriptions are removed; busy push services are tried again with the job's attempts, for the subscriptions that were not
 * delivered only. Jobs fail with `code` `PAYLOAD_TOO_LARGE` or `INVALID_JOB_DATA`, which are not retried, or with
 * `PUSH_SERVICE_UNAVAILABLE`.
 *
 * @throws `EngineError` whose `code` says which part of the identity or which option is wrong, `ConfigurationError` for a variable.
 */
declare function pushProcessors(options?: PushProcessorOptions): PushProcessors;
/** The native processor of `push-notification` alone; see {@link pushProcessors}. */
declare function pushProcessor(options?: PushProcessorOptions): PushProcessors['single'];

/** Options of {@link emailProcessor}. */
interface EmailProcessorOptions {
    /**
     * The relay: `smtp://user:password@host:587` or `smtps://user:password@host:465`. Default: `SMTP_URL`.
     *
     * With a user, `smtp:` requires STARTTLS; without one it is used where the relay offers it. `?tls=required`, `?tls=opportunistic`
     * and `?tls=none` say otherwise.
     */
    url?: string | undefined;
    /** Sender of messages that name none, e.g. `Synapse <no-reply@example.com>`. Default: `EMAIL_FROM`; without, such jobs fail. */
    from?: string | undefined;
    /** Where attachments are: `file:<directory>` or `s3://<bucket>/<prefix>`. Default: `STORAGE_URL`, else `file:./public`. */
    storage?: string | undefined;
    /** Connections to the relay, and so messages under way at once, 1-100. Default 5. */
    connections?: number | undefined;
    /** How long the relay may take for one answer, ms, above 0. Default 60000. */
    timeout?: number | undefined;
    /** What the attachments of one message may have together, bytes. Default 25 MiB. */
    maxAttachmentBytes?: number | undefined;
    /** Authorities to trust beside the system's, PEM. Default: those in the file of `NODE_EXTRA_CA_CERTS`. */
    extraCa?: string | Uint8Array | undefined;
}
/** Result of `send-email`. */
interface EmailResult {
    /** A message that was not sent fails its job. */
    success: true;
    /** Made of the job's id: the same for every attempt, so that a repeated delivery is recognised. */
    messageId: string;
}
/**
 * The native processor of `send-email`.
 *
 * What the relay refuses for good (5xx) fails with `code` `EMAIL_REJECTED` or `SMTP_AUTHENTICATION_FAILED` and is not retried, nor is
 * `INVALID_JOB_DATA`; `EMAIL_DEFERRED` (4xx), `SMTP_TIMEOUT` and `SMTP_UNAVAILABLE` are tried again with the job's attempts. A message that the
 * relay has taken is not sent again by a later attempt.
 *
 * @throws `EngineError` with `code` `INVALID_SMTP_URL`, `INVALID_EMAIL_FROM`, `INVALID_CERTIFICATES` or one of the storage, `ConfigurationError` for a
 * variable.
 */
declare function emailProcessor(options?: EmailProcessorOptions): NativeJobProcessor<EmailData, EmailResult>;

/** Options of {@link videoProcessor}. Limits of time and memory hold for one run of ffmpeg. */
interface VideoProcessorOptions extends StorageOptions {
    /** Where uploads are registered. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
    stores?: SqliteStores | DatabaseStores | Pick<AllStores, 'files'> | undefined;
    /** Path of ffmpeg, or a name that is looked up in `PATH`. Default `ffmpeg`. */
    ffmpeg?: string | undefined;
    /** Path of ffprobe, or a name that is looked up in `PATH`. Default `ffprobe`. */
    ffprobe?: string | undefined;
    /** Largest file that is read, bytes. Default 2 GiB. */
    maxInputBytes?: number | undefined;
    /** Largest file that ffmpeg may write, bytes. Default 2 GiB. */
    maxOutputBytes?: number | undefined;
    /** Longest video, ms. Default 4 hours. */
    maxDuration?: number | undefined;
    /** Largest width × height of a frame, pixels. Default 7680 × 4320. */
    maxPixels?: number | undefined;
    /** Most streams (video, audio, subtitles, data) in one file. Default 32. */
    maxStreams?: number | undefined;
    /** How long one run may take, ms. Default 30 minutes. */
    timeout?: number | undefined;
    /** How long a run may go on without getting further, ms. Default 60000. */
    stallTimeout?: number | undefined;
    /** Address space of one run, bytes; known to Linux and macOS. Default 4 GiB. */
    maxMemory?: number | undefined;
    /** Runs at once over all jobs; further jobs wait. Default 1: one run uses all cores. */
    concurrency?: number | undefined;
    /** Threads of one run. Default: the number of cores, at most 8. */
    threads?: number | undefined;
    /** Where files are put while they are worked on. Default: the system's directory for temporary files. */
    directory?: string | undefined;
}
/** Result of `process-video`. */
interface ProcessedVideo {
    /** URL of the video. */
    videoUrl: string;
    /** URL of a JPEG of one frame. */
    posterUrl: string;
    /** Length of the video, ms. */
    durationMs: number;
    /** Pixels, as shown. */
    width: number;
    /** Pixels, as shown. */
    height: number;
    /** Bytes. */
    originalSize: number;
    /** Bytes. */
    compressedSize: number;
    /** How much smaller the result is, per cent; negative if it is larger. */
    savings: number;
    /** Path of the video in the storage; of conversions only. */
    outputPath?: string;
}
/** The native processor of `process-video`. */
interface VideoJobProcessor extends NativeJobProcessor<VideoProcessingData, ProcessedVideo> {
    /** What of ffmpeg is missing on this machine, in words; `null` if nothing is. Its jobs fail with `FFMPEG_NOT_FOUND` until it is there. */
    readonly missing: string | null;
}
/**
 * The native processor of `process-video`: makes H.264 videos of uploads with the system's ffmpeg, as a confined child process.
 *
 * Jobs fail with `code` `UNSUPPORTED_FORMAT`, `CORRUPT_VIDEO`, `VIDEO_TOO_LARGE` or `PATH_OUTSIDE_STORAGE`, which are not retried, or with
 * `FFMPEG_NOT_FOUND`, `FFMPEG_FAILED`, `VIDEO_TIMEOUT` or one of the storage or store, which are.
 *
 * @throws `EngineError` with `code` `UNSUPPORTED_STORAGE`, `INVALID_PUBLIC_BASE_URL`, `FILE_UNWRITABLE` or `INVALID_OPTION`.
 */
declare function videoProcessor(options?: VideoProcessorOptions): VideoJobProcessor;

/** What the built-in jobs need when a processor of your own runs them; what is left out comes from the environment. */
interface ProcessorConfiguration {
    /** Of {@link processImage} and {@link optimizeAvatar}. */
    images?: ImageProcessorsOptions | undefined;
    /** Of {@link processVideo}. */
    videos?: VideoProcessorOptions | undefined;
    /** Of {@link processPushNotification} and {@link processBatchPushNotification}. */
    push?: PushProcessorOptions | undefined;
    /** Of {@link processSendEmail}. */
    email?: EmailProcessorOptions | undefined;
}
/**
 * Sets up {@link processImage}, {@link processPushNotification}, {@link processSendEmail} and their siblings; call it before the first
 * job runs.
 *
 * What is given is checked at once; what is left out is taken from the environment by the first job that needs it.
 *
 * @throws `EngineError` whose `code` says which option is wrong, `ConfigurationError` for a variable.
 */
declare function configure(options: ProcessorConfiguration): void;
/** Runs a `process-image` job in Rust, from a processor of your own. */
declare function processImage(job: Job, token?: string, signal?: AbortSignal): Promise<PublishedImage | ConvertedImage>;
/** Runs an `optimize-avatar` job in Rust, from a processor of your own. */
declare function optimizeAvatar(job: Job, token?: string, signal?: AbortSignal): Promise<OptimizedAvatar>;
/** Runs a `process-video` job in Rust, from a processor of your own. */
declare function processVideo(job: Job, token?: string, signal?: AbortSignal): Promise<ProcessedVideo>;
/** Runs a `push-notification` job in Rust, from a processor of your own. */
declare function processPushNotification(job: Job, token?: string, signal?: AbortSignal): Promise<PushResult>;
/** Runs a `batch-push-notification` job in Rust, from a processor of your own. */
declare function processBatchPushNotification(job: Job, token?: string, signal?: AbortSignal): Promise<BatchPushResult>;
/** Runs a `send-email` job in Rust, from a processor of your own. */
declare function processSendEmail(job: Job, token?: string, signal?: AbortSignal): Promise<EmailResult>;

/** Reading a queue. Ranges are positions, both ends included; `end` -1 is the last. */
declare class QueueGetters<JobBase extends Job, Listeners> extends QueueBase<Listeners> {
    /** Reads a job; `undefined` if it does not exist. */
    getJob(jobId: string): Promise<JobBase | undefined>;
    /** Where a job is; `unknown` if it does not exist. */
    getJobState(jobId: string): Promise<JobState | 'unknown'>;
    /**
     * Jobs of the given states, newest first unless `asc`.
     *
     * Jobs that vanish while they are read are left out. Without `types`: all states.
     */
    getJobs(types?: JobType[] | JobType, start?: number, end?: number, asc?: boolean): Promise<JobBase[]>;
    /** Ids of the jobs of the given states, newest first unless `asc`. */
    getRanges(types: JobType[], start?: number, end?: number, asc?: boolean): Promise<string[]>;
    /** How many jobs wait with each of these priorities; 0 stands for jobs without one. */
    getCountsPerPriority(priorities: number[]): Promise<Record<string, number>>;
    /** The job that holds a deduplication; `null` if none does. */
    getDeduplicationJobId(id: string): Promise<string | null>;
    /** @deprecated The same as {@link QueueGetters.getDeduplicationJobId}. */
    getDebounceJobId(id: string): Promise<string | null>;
    /** Jobs that wait for a worker, next first. */
    getWaiting(start?: number, end?: number): Promise<JobBase[]>;
    /** Jobs that wait for their children, oldest first. */
    getWaitingChildren(start?: number, end?: number): Promise<JobBase[]>;
    /** Jobs that workers have, oldest first. */
    getActive(start?: number, end?: number): Promise<JobBase[]>;
    /** Jobs that wait for their time, next first. */
    getDelayed(start?: number, end?: number): Promise<JobBase[]>;
    /** Jobs that have a priority, most urgent first. */
    getPrioritized(start?: number, end?: number): Promise<JobBase[]>;
    /** Completed jobs, newest first. */
    getCompleted(start?: number, end?: number): Promise<JobBase[]>;
    /** Jobs that failed for good, newest first. */
    getFailed(start?: number, end?: number): Promise<JobBase[]>;
    /** How many jobs are in each of the given states; without `types`: in every state. */
    getJobCounts(...types: JobType[]): Promise<Record<string, number>>;
    /** How many jobs are in the given states together. */
    getJobCountByTypes(...types: JobType[]): Promise<number>;
    /** How many jobs are still to be taken: waiting, prioritised, delayed or waiting for children. */
    count(): Promise<number>;
    /** How many jobs have completed and are kept. */
    getCompletedCount(): Promise<number>;
    /** How many jobs have failed for good and are kept. */
    getFailedCount(): Promise<number>;
    /** How many jobs wait for their time. */
    getDelayedCount(): Promise<number>;
    /** How many jobs workers have. */
    getActiveCount(): Promise<number>;
    /** How many jobs wait with a priority. */
    getPrioritizedCount(): Promise<number>;
    /** How many jobs wait without a priority. */
    getWaitingCount(): Promise<number>;
    /** How many jobs wait for their children. */
    getWaitingChildrenCount(): Promise<number>;
    /** Children of a job that completed or have not ended, from position `start` to `end`, and their jobs as they are stored. */
    getDependencies(parentId: string, type: 'processed' | 'pending', start: number, end: number): Promise<DependenciesPage>;
    /** Log rows of a job, oldest first unless `asc` is `false`. */
    getJobLogs(jobId: string, start?: number, end?: number, asc?: boolean): Promise<JobLogs>;
    /** Finished jobs per minute, newest first. */
    getMetrics(type: 'completed' | 'failed', start?: number, end?: number): Promise<Metrics>;
    /**
     * The connections on which workers of the queue, in whatever process, wait for jobs, as CLIENT LIST shows them: `name` is the
     * queue's, `rawname` the connection's, which ends with `:w:<worker name>` for a worker that has one.
     */
    getWorkers(): Promise<Record<string, string>[]>;
    /** How many workers of the queue are connected. */
    getWorkersCount(): Promise<number>;
    /** The connections of event readers, as {@link QueueGetters.getWorkers}. */
    getQueueEvents(): Promise<Record<string, string>[]>;
    /** Counts of jobs and of finished jobs in Prometheus' text format; `labels` are added to every line. */
    exportPrometheusMetrics(labels?: Record<string, string>): Promise<string>;
    /** Counts jobs as {@link QueueGetters.getJobCounts} does and records the counts with the queue's `telemetry`. */
    recordJobCountsMetric(...types: JobType[]): Promise<Record<string, number>>;
    /** Queue-wide settings. */
    getMeta(): Promise<QueueMeta>;
    /** Ms until jobs may start again; with `maxJobs`, only if that many have started. 0 or less if there is no limit now. */
    getRateLimitTtl(maxJobs?: number): Promise<number>;
    /** Jobs active at once over all workers; `null` if that is not limited. */
    getGlobalConcurrency(): Promise<number | null>;
    /** Jobs started per time over all workers; `null` if that is not limited. */
    getGlobalRateLimit(): Promise<RateLimiterOptions | null>;
}

/** Cleaning up behind jobs and old releases, and stopping jobs wherever they run. */
declare class QueueMaintenance<JobBase extends Job, Listeners> extends QueueGetters<JobBase, Listeners> {
    /**
     * Stops a job that runs, in whatever process: within about a second the signal that its processor declared as third parameter
     * aborts with `reason`. How the job ends is up to the processor, as after `worker.cancelJob`.
     *
     * Answers whether a worker holds the job. Workers of BullMQ do not listen.
     */
    cancel(jobId: string, reason?: string): Promise<boolean>;
    /**
     * Deletes what is left of jobs that are in no state, for instance after a state's key was deleted by hand; answers how many
     * jobs that were.
     *
     * Looks at all keys of the server, `count` per step, and ends after `limit` jobs (0 = all).
     */
    removeOrphanedJobs(count?: number, limit?: number): Promise<number>;
    /** Deletes what BullMQ before version 4 kept about priorities; 1 if there was something. */
    removeDeprecatedPriorityKey(): Promise<number>;
}

/** The job schedulers of a queue. */
declare class QueueSchedulers<JobBase extends Job, Listeners, Data, Result, Name extends string> extends QueueMaintenance<JobBase, Listeners> {
    readonly opts: QueueOptions;
    private schedulers;
    /** The queue's job schedulers as an object of their own; what it emits as `error`, the queue emits too. */
    get jobScheduler(): Promise<JobScheduler>;
    /**
     * Creates a job scheduler, or replaces the one of this id, and answers its next job; `undefined` if it has none (any more).
     *
     * Whenever a worker takes a job of the scheduler, the next one is added: there is one pending job at any time.
     *
     * ```ts
     * await queue.upsertJobScheduler('report', { pattern: '0 0 9 * * 1-5', tz: 'Europe/Athens' }, { name: 'send-report' });
     * ```
     *
     * @throws `Error` naming an option or a combination that cannot work; `SchedulerJobExistsError` (`code` -10) and
     * `SchedulerSlotsTakenError` (-11) if other jobs have the ids of the scheduler's next jobs.
     */
    upsertJobScheduler(jobSchedulerId: string, repeatOpts: Omit<RepeatOptions, 'key'>, jobTemplate?: JobSchedulerTemplate<Data, Name>): Promise<Job<Data, Result, Name> | undefined>;
    /** A job scheduler; `undefined` if there is none of this id. */
    getJobScheduler(id: string): Promise<JobSchedulerJson<Data> | undefined>;
    /** Job schedulers by the time of their next job, latest first unless `asc`. */
    getJobSchedulers(start?: number, end?: number, asc?: boolean): Promise<JobSchedulerJson<Data>[]>;
    /** How many job schedulers there are. */
    getJobSchedulersCount(): Promise<number>;
    /** Removes a job scheduler, and its next job while that is delayed; whether there was one. */
    removeJobScheduler(jobSchedulerId: string): Promise<boolean>;
}

/** Listeners of a {@link Queue}: what happened through this very object, not through others or in workers. */
interface QueueListener<JobBase extends Job = Job> {
    /** Jobs were removed by `clean`. */
    cleaned: (jobIds: string[], type: string) => void;
    /** Something went wrong that no caller is told of, or a listener threw. */
    error: (error: Error) => void;
    /** The queue was paused. */
    paused: () => void;
    /** Progress of a job was published. */
    progress: (jobId: string, progress: JobProgress) => void;
    /** A job was removed. */
    removed: (jobId: string) => void;
    /** The queue was resumed. */
    resumed: () => void;
    /** A job was added by `add`; those of `addBulk` are not told one by one. */
    waiting: (job: JobBase) => void;
}
type IsAny<T> = 0 extends 1 & T ? true : false;
/** The job type of a queue that is declared by its data or by its job type. */
type JobOf<DataOrJob, Result, Name extends string> = IsAny<DataOrJob> extends true ? Job<DataOrJob, Result, Name> : DataOrJob extends Job ? DataOrJob : Job<DataOrJob, Result, Name>;
/**
 * Adds jobs to a queue and manages it.
 *
 * All queues of a process on one server share one connection, so making one per request costs nothing. Methods reject with a
 * connection error only once `retryStrategy` gives up; until then they wait for Redis.
 *
 * ```ts
 * const queue = new Queue('email', { connection: 'redis://127.0.0.1:6379', defaultJobOptions: { attempts: 3 } });
 * await queue.add('send-email', { to: 'ann@example.com' });
 * ```
 */
declare class Queue<DataTypeOrJob = Untyped, DefaultResultType = Untyped, DefaultNameType extends string = string, DataType = ExtractDataType<DataTypeOrJob, DataTypeOrJob>, ResultType = ExtractResultType<DataTypeOrJob, DefaultResultType>, NameType extends string = ExtractNameType<DataTypeOrJob, DefaultNameType>> extends QueueSchedulers<JobOf<DataTypeOrJob, ResultType, NameType>, QueueListener<JobOf<DataTypeOrJob, ResultType, NameType>>, DataType, ResultType, NameType> {
    /** Unique to this object. */
    readonly token: UUID;
    /** Options of every job, unless it brings its own. */
    jobsOpts: DefaultJobOptions;
    readonly opts: QueueOptions;
    /**
     * @throws `Error`: `Queue name must be provided`, `Queue name cannot contain :`, or a connection option that cannot work.
     */
    constructor(name: string, opts?: QueueOptions);
    /** Options of every job, unless it brings its own. */
    get defaultJobOptions(): DefaultJobOptions;
    /** Settings this object writes to Redis. */
    get metaValues(): Record<string, string | number>;
    /**
     * Adds a job. All jobs added in one turn of the event loop travel to Redis together.
     *
     * Without a name the job is called `__default__`. Adding a `jobId` that exists adds nothing and answers that job's id.
     *
     * @throws `Error` naming an option that cannot work, see {@link JobsOptions}; `InvalidJobDataError` for bytes in `data`;
     * `TypeError` for data that JSON cannot express.
     */
    add(name: NameType, data: DataType, opts?: JobsOptions): Promise<Job<DataType, ResultType, NameType>>;
    add(data: DataType & object, opts?: JobsOptions): Promise<Job<DataType, ResultType, NameType>>;
    /** Adds jobs in order: all of them or, if one is refused, none. */
    addBulk(jobs: BulkJob<DataType, NameType>[]): Promise<Job<DataType, ResultType, NameType>[]>;
    /** Stops all workers of the queue, in whatever process, from taking jobs. */
    pause(): Promise<void>;
    /** Lets workers take jobs again. */
    resume(): Promise<void>;
    /** Whether the whole queue is paused. */
    isPaused(): Promise<boolean>;
    /** Whether as many jobs are active as the global concurrency allows. */
    isMaxed(): Promise<boolean>;
    /** Removes all jobs that wait for a worker and, if `delayed`, those that wait for their time. */
    drain(delayed?: boolean): Promise<void>;
    /**
     * Removes jobs of one state that are older than `grace` ms, at most `limit` (0 = all, the default), and answers their ids.
     */
    clean(grace: number, limit?: number, type?: CleanableType): Promise<string[]>;
    /**
     * Pauses the queue and removes all of it.
     *
     * @throws `Error` `Cannot obliterate queue with active jobs`, unless `force`.
     */
    obliterate({ force, count }?: ObliterateOpts): Promise<void>;
    /** Runs all failed (or all completed) jobs again. */
    retryJobs({ count, state, timestamp }?: RetryJobsOptions): Promise<void>;
    /** Makes all delayed jobs run now. `count`: jobs moved per step; default 1000. */
    promoteJobs({ count }?: {
        count?: number;
    }): Promise<void>;
    /** Removes a job; 1 if it is gone, 0 if a worker has it. */
    remove(jobId: string, { removeChildren }?: {
        removeChildren?: boolean;
    }): Promise<number>;
    /** Publishes progress of a job: any JSON value. */
    updateJobProgress(jobId: string, progress: JobProgress): Promise<void>;
    /** Adds a log row to a job and answers how many there are; only the newest `keepLogs` stay. */
    addJobLog(jobId: string, logRow: string, keepLogs?: number): Promise<number>;
    /** Trims the event stream to about `maxLength` entries and answers how many went. */
    trimEvents(maxLength: number): Promise<number>;
    /** Stops jobs from starting for `expireTimeMs` ms, in all workers. */
    rateLimit(expireTimeMs: number): Promise<void>;
    /** Ends a rate limit that holds now; 1 if there was one. */
    removeRateLimitKey(): Promise<number>;
    /** Ends a deduplication; 1 if there was one. */
    removeDeduplicationKey(id: string): Promise<number>;
    /** @deprecated The same as {@link Queue.removeDeduplicationKey}. */
    removeDebounceKey(id: string): Promise<number>;
    /** Limits the jobs that are active at once over all workers. Answers 1, or 0 if it replaces a limit. */
    setGlobalConcurrency(concurrency: number): Promise<number>;
    /** Takes the global concurrency limit away; 1 if there was one. */
    removeGlobalConcurrency(): Promise<number>;
    /** Limits the jobs that start over all workers to `max` per `duration` ms. Answers 2, or 0 if it replaces a limit. */
    setGlobalRateLimit(max: number, duration: number): Promise<number>;
    /** Takes the global rate limit away; the number of settings removed. */
    removeGlobalRateLimit(): Promise<number>;
    /** `bullmq:<version>` of the state the queue was last set up with; `null` if it never was. */
    getVersion(): Promise<string | null>;
    /** Adds one job with the queue's defaults filled in and tells the listeners. */
    protected addJob(name: NameType, data: DataType, opts: JobsOptions | undefined): Promise<Job<DataType, ResultType, NameType>>;
    private withDefaults;
    /** Failures become `error` events: nobody waits for this write. */
    private writeMeta;
}

/** What a {@link QueueEventsProducer} emits itself. */
interface QueueEventsProducerListener {
    /** Redis could not be reached. */
    error: (error: Error) => void;
}
/**
 * Publishes events of one's own in a queue's stream; {@link QueueEvents} emits them under their name.
 *
 * ```ts
 * const producer = new QueueEventsProducer('email', { connection: 'redis://127.0.0.1:6379' });
 * await producer.publishEvent({ eventName: 'opened', messageId: '17' });
 * ```
 */
declare class QueueEventsProducer extends QueueBase<QueueEventsProducerListener> {
    constructor(name: string, opts?: QueueEventsProducerOptions);
    /**
     * Appends an event to the stream, which then keeps about its newest `maxEvents`. Readers get every field as text: objects as
     * JSON, `null` and `undefined` as an empty one.
     */
    publishEvent<T extends {
        /** Name of the event. */
        eventName: string;
    }>(event: T, maxEvents?: number): Promise<void>;
}

/**
 * What schedulers with a `pattern` do without a strategy of their own: the first match of the cron pattern after `millis` (ms since the
 * Unix epoch) between the start and the end of `opts`, or `undefined` if there is none. For strategies that add to cron.
 *
 * @throws `Error` for a pattern or a time zone that cannot be read.
 */
declare function defaultRepeatStrategy(millis: number, opts: RepeatOptions): number | undefined;

/** The job that a processor in a file is handed. Its methods are carried out by the worker. */
interface SandboxedJob<T = Untyped, R = Untyped> extends Omit<JobJson, 'data' | 'opts' | 'returnvalue'> {
    /** What it was added with. */
    data: T;
    /** The options it was added with, the queue's defaults included. */
    opts: JobsOptions;
    /** `<prefix>:<queue name>` */
    queueQualifiedName: string;
    /** Name of its queue. */
    queueName: string;
    /** First part of the keys of its queue. */
    prefix: string;
    /** What an earlier run returned. */
    returnValue: R;
    /** Makes the job run again at `timestamp`, ms since the Unix epoch; throw `DelayedError` afterwards. */
    moveToDelayed: (timestamp: number, token?: string) => Promise<void>;
    /** Puts the job back to wait; throw `WaitingError` afterwards. */
    moveToWait: (token?: string) => Promise<void>;
    /** Whether the job now waits for its children; then throw `WaitingChildrenError`. */
    moveToWaitingChildren: (token?: string, opts?: object) => Promise<boolean>;
    /** Adds a log row. */
    log: (row: string) => Promise<void>;
    /** Replaces the payload. */
    updateData: (data: T) => Promise<void>;
    /** Publishes progress. */
    updateProgress: (progress: JobProgress) => Promise<void>;
    /** Results of children, by key. */
    getChildrenValues: <Value = Untyped>() => Promise<Record<string, Value>>;
    /** Reasons of failures that the job ignores, by key. */
    getIgnoredChildrenFailures: () => Promise<Record<string, string>>;
    /** How many children there are of each kind. */
    getDependenciesCount: (opts?: object) => Promise<Record<string, number>>;
    /** The children of each kind, in pages. */
    getDependencies: (opts?: object) => Promise<Untyped>;
}

/** A file that exports a processor: a path, or a `file:` URL. */
type ProcessorFile = string | URL;

/** Listeners of a {@link Worker}: what happened to the jobs of this very worker. */
interface WorkerListener<Data = Untyped, Result = Untyped, Name extends string = string, Progress extends JobProgress = JobProgress> {
    /** A job was taken and is about to run. */
    active: (job: Job<Data, Result, Name, Progress>, prev: string) => void;
    /** The worker has closed. */
    closed: () => void;
    /** The worker has been asked to close. */
    closing: (message: string) => void;
    /** A job completed; Redis shows it. */
    completed: (job: Job<Data, Result, Name, Progress>, result: Result, prev: string) => void;
    /** No job is left to take; once until another was taken. */
    drained: () => void;
    /** Something went wrong that is not the failure of a job, or a listener threw. The worker goes on. */
    error: (error: Error) => void;
    /** An attempt failed; `job.finishedOn` is set if no other follows. `job` is absent if it was not this worker's any more. */
    failed: (job: Job<Data, Result, Name, Progress> | undefined, error: Error, prev: string) => void;
    /** Locks could not be renewed: another worker may take these jobs. */
    lockRenewalFailed: (jobIds: string[]) => void;
    /** Locks were renewed. */
    locksRenewed: (renewed: {
        count: number;
        jobIds: string[];
    }) => void;
    /** A native processor has a line for the operator; without a listener it goes to the console. */
    log: (job: Job<Data, Result, Name, Progress> | undefined, message: string, level: LogLevel) => void;
    /** The worker was paused. */
    paused: () => void;
    /** A job published progress. */
    progress: (job: Job<Data, Result, Name, Progress>, progress: Progress) => void;
    /** The worker is connected and looks for jobs. */
    ready: () => void;
    /** The worker was resumed. */
    resumed: () => void;
    /** A job whose worker vanished was put back. */
    stalled: (jobId: string, prev: string) => void;
}
/** How loud a native processor's line is. */
type LogLevel = 'info' | 'warn' | 'error';

/**
 * Takes jobs from a queue and runs them.
 *
 * `processor` is a function that runs every job, a map from job names to functions and native processors, a file that exports a
 * function (run in a process of its own), or `null` for manual processing. Keeps the process alive until it is closed; an idle event loop is not needed to keep the locks of running jobs.
 *
 * ```ts
 * const worker = new Worker('email', async (job) => send(job.data), { connection: 'redis://127.0.0.1:6379', concurrency: 5 });
 * worker.on('failed', (job, error) => console.error(job?.id, error));
 * ```
 */
declare class Worker<DataType = Untyped, ResultType = Untyped, NameType extends string = string, ProgressType extends JobProgress = JobProgress> extends QueueBase<WorkerListener<DataType, ResultType, NameType, ProgressType>> {
    readonly opts: WorkerOptions;
    /** Unique to this worker; lock tokens begin with it. */
    readonly id: string;
    private readonly processors;
    private readonly nativeWorker;
    private readonly sandbox;
    private readonly loop;
    private running;
    private paused;
    private stalledCheck;
    /**
     * @throws `Error` `Worker requires a connection`, `File <path> does not exist`, or one that names an option that cannot work.
     */
    constructor(name: string, processor?: Processor<DataType, ResultType, NameType, ProgressType> | ProcessorMap<NoInfer<DataType>, NoInfer<ResultType>, NoInfer<NameType>, NoInfer<ProgressType>> | ProcessorFile | null, opts?: WorkerOptions);
    /** The error a processor throws after {@link Worker.rateLimit}, to put its job back to wait. */
    static RateLimitError(): Error;
    /** Jobs run at once. A change takes effect with the next fetch; running jobs go on. */
    get concurrency(): number;
    set concurrency(concurrency: number);
    /**
     * Takes and runs jobs until closed; only needed with `autorun: false`.
     *
     * @throws `Error` `No process function is defined.` or `Worker is already running.`
     */
    run(): Promise<void>;
    /** Whether the worker takes jobs: it was started and is neither paused nor closed. */
    isRunning(): boolean;
    /** Whether {@link Worker.pause} holds. */
    isPaused(): boolean;
    /** Takes no more jobs and, unless `doNotWaitActive`, waits until the running ones have ended. */
    pause(doNotWaitActive?: boolean): Promise<void>;
    /** Takes jobs again. */
    resume(): Promise<void>;
    /**
     * Takes no more jobs and ends when the running ones have ended. Works while Redis is down, and twice.
     *
     * `true` does not wait for running jobs: their locks run out and another worker takes them. `{ timeout }` waits that long and
     * then hands them back to the queue, without burning an attempt.
     */
    close(how?: boolean | CloseOptions): Promise<void>;
    /**
     * Takes the next job, for manual processing; `undefined` if there is none.
     *
     * Its lock holds `token` and is not renewed: finish the job, or call `job.extendLock`, within `lockDuration`. Unless `block` is
     * `false`, waits up to `drainDelay` for a job.
     */
    getNextJob(token: string, { block }?: GetNextJobOptions): Promise<Job<DataType, ResultType, NameType, ProgressType> | undefined>;
    /** Keeps locks of jobs for `duration` ms from now; answers the jobs whose lock is gone. */
    extendJobLocks(jobIds: string[], tokens: string[], duration: number): Promise<string[]>;
    /**
     * Looks every `stalledInterval`, beginning now, for jobs whose worker vanished. A worker that runs does so by itself; this is for
     * one that works by hand. Does nothing with `skipStalledCheck`.
     */
    startStalledCheckTimer(): Promise<void>;
    /** Stops jobs from starting for `expireTimeMs` ms, in all workers; throw `Worker.RateLimitError()` afterwards. */
    rateLimit(expireTimeMs: number): Promise<void>;
    /** Aborts the signal of a running job; whether it runs here. What that means for the job is its processor's decision. */
    cancelJob(jobId: string, reason?: string): boolean;
    /** Aborts the signals of all running jobs. */
    cancelAllJobs(reason?: string): void;
    /** How the worker is doing, without asking Redis. */
    health(): WorkerHealth;
    /** Waits; ends early when `abortController` is aborted. */
    delay(milliseconds?: number, abortController?: AbortController): Promise<void>;
    private openLoop;
    private slotSource;
    /** The worker's own events tell. */
    protected watchesConnection(): boolean;
    /** A worker outlives any outage. */
    protected waitsForConnection(): boolean;
    protected shutDown(): Promise<void>;
}

/** What a log line is about; which fields there are depends on the line. */
type LogMeta = Record<string, unknown>;
/** Where log lines go. `console` is one, and so are most loggers. */
interface Logger {
    /** Something went as planned. */
    log(message: string, meta?: LogMeta): void;
    /** Something was skipped or degraded. Default: `log`. */
    warn?(message: string, meta?: LogMeta): void;
    /** Something failed. */
    error(message: string, error?: unknown, meta?: LogMeta): void;
}

/** Queues that come with their job types and processors; put your own beside them. */
declare const QUEUE_NAMES: {
    /** Messages to browsers. */
    readonly PUSH_NOTIFICATIONS: "push-notifications";
    /** Images, avatars and videos. */
    readonly FILE_PROCESSING: "file-processing";
    /** E-mail. */
    readonly EMAIL: "email";
};
/** Names of the built-in jobs; put your own beside them. */
declare const JOB_TYPES: {
    /** A message to every browser of one user: `PushNotificationData`. */
    readonly PUSH_NOTIFICATION: "push-notification";
    /** A message to every browser of many users: `BatchPushNotificationData`. */
    readonly BATCH_PUSH_NOTIFICATION: "batch-push-notification";
    /** Web versions of an image: `ImageProcessingData`. */
    readonly PROCESS_IMAGE: "process-image";
    /** A web version and a poster of a video: `VideoProcessingData`. */
    readonly PROCESS_VIDEO: "process-video";
    /** Square pictures of a user in several sizes: `AvatarOptimizationData`. */
    readonly OPTIMIZE_AVATAR: "optimize-avatar";
    /** One e-mail: `EmailData`. */
    readonly SEND_EMAIL: "send-email";
};
/** Name of a built-in queue. */
type QueueName = (typeof QUEUE_NAMES)[keyof typeof QUEUE_NAMES];
/** Name of a built-in job. */
type JobTypeName = (typeof JOB_TYPES)[keyof typeof JOB_TYPES];
/** How a built-in queue is set up. */
interface BuiltInQueue {
    /** Jobs that belong to the queue. */
    readonly jobTypes: readonly JobTypeName[];
    /** Options of every job that `QueueService` adds. */
    readonly defaultJobOptions: Readonly<DefaultJobOptions>;
    /** Options of the worker that `synapse-queue worker` runs. */
    readonly worker: BuiltInWorker;
}
/** How the worker of a built-in queue is set up. */
interface BuiltInWorker {
    /** Jobs run at once. */
    readonly concurrency: number;
    /** How many jobs it starts at most. */
    readonly limiter: Readonly<RateLimiterOptions>;
}
/** The defaults of the built-in queues. `QueueService` takes others as its option `queues`. */
declare const BUILT_IN_QUEUES: Readonly<Record<QueueName, BuiltInQueue>>;

/** Options of {@link QueueService}. */
interface QueueServiceOptions {
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

/** How many jobs of a queue are in each state. */
type QueueStats = Record<QueueName, Record<string, number>>;
/**
 * Adds the built-in jobs, for request handlers: quick, typed, logged, and never longer than a deadline.
 *
 * Make one per process or one per request: connections are shared either way, and jobs added in one turn of the event loop travel
 * together. Every `add` takes job options, which win over those of the queue, and rejects with
 *
 * - `QueueUnavailableError` when Redis does not answer within `deadlineMs`; the job may have been added all the same,
 * - `InvalidJobDataError` for bytes in the data: store them and pass the path,
 * - `InvalidOptionError` for options that cannot work and for data above 1 MiB (`sizeLimit`).
 *
 * No priority is set unless asked for; mind that 1 is the most urgent one, and that jobs without priority come before all of them.
 *
 * ```ts
 * const queueService = new QueueService({ connection: { url: process.env.REDIS_URL }, logger });
 * await queueService.addPushNotification({ userId, payload: { title: 'New message', body: 'Hello' } });
 * ```
 */
declare class QueueService {
    private readonly options;
    private readonly logger;
    private readonly queues;
    private readonly repeated;
    private closing;
    /** Opens nothing yet. A logger alone stands for `{ logger }`. */
    constructor(loggerOrOptions?: Logger | QueueServiceOptions);
    /** Sends a web push message to all subscriptions of a user. */
    addPushNotification(data: PushNotificationData, opts?: JobsOptions): Promise<Job<PushNotificationData>>;
    /** Sends one web push message to all subscriptions of many users: one job, one round trip. */
    addBatchPushNotification(data: BatchPushNotificationData, opts?: JobsOptions): Promise<Job<BatchPushNotificationData>>;
    /** Makes a compressed image and a thumbnail of an upload, or converts one image. */
    addImageProcessing(data: ImageProcessingData, opts?: JobsOptions): Promise<Job<ImageProcessingData>>;
    /** Makes a video for the web. */
    addVideoProcessing(data: VideoProcessingData, opts?: JobsOptions): Promise<Job<VideoProcessingData>>;
    /** Makes a user's avatar in several sizes. */
    addAvatarOptimization(data: AvatarOptimizationData, opts?: JobsOptions): Promise<Job<AvatarOptimizationData>>;
    /** The same as {@link QueueService.addAvatarOptimization}. */
    addOptimizeAvatar(data: AvatarOptimizationData, opts?: JobsOptions): Promise<Job<AvatarOptimizationData>>;
    /** Sends an e-mail. */
    addEmail(data: EmailData, opts?: JobsOptions): Promise<Job<EmailData>>;
    /** How many jobs are in each state, by queue. */
    getStats(): Promise<QueueStats>;
    /**
     * A built-in queue, with this service's connection, deadline and job options.
     *
     * @throws `ConnectionClosedError` once the service is closed; an error that names the variable when no connection was given and
     * the one in the environment cannot work.
     */
    queue(name: QueueName): Queue;
    /** Lets go of the connection; calls under way are answered first. Also works while Redis is down, and twice. */
    close(): Promise<void>;
    private add;
    private openQueue;
    private closeQueues;
}

export { BUILT_IN_QUEUES, BULLMQ_MAJOR_VERSION, Backoffs, BelongsToSchedulerError, CONNECTION_CLOSED_ERROR_MSG, ChildCommand, ClientType, ConfigurationError, ConnectionClosedError, DELAYED_ERROR, DELAY_TIME_1, DELAY_TIME_5, DelayedError, EngineError, ErrorCode, FlowProducer, HealthServer, InvalidJobDataError, InvalidOptionError, JOB_TYPES, Job, JobLockedError, JobMissingError, JobNotInStateError, JobScheduler, JobTimeoutError, LockMismatchError, LockMissingError, MetricNames, MetricsTime, NextIterationError, PRIORITY_LIMIT, ParentCommand, ParentJobMissingError, ParentNotReplaceableError, PendingDependenciesError, QUEUE_EVENT_SUFFIX, QUEUE_NAMES, Queue, QueueBackend, QueueBase, QueueError, QueueEvents, QueueEventsProducer, QueueGetters, QueueKeys, QueueMaintenance, QueueSchedulers, QueueService, QueueUnavailableError, RATE_LIMIT_ERROR, RateLimitError, SchedulerJobExistsError, SchedulerSlotsTakenError, SpanKind, TelemetryAttributes, UNRECOVERABLE_ERROR, UnrecoverableError, WAITING_CHILDREN_ERROR, WAITING_ERROR, WaitTimeoutError, WaitingChildrenError, WaitingError, Worker, array2obj, avatarProcessor, bullmqVersion, configure, createIORedisClient, createNodeRedisClient, databaseStores, decreaseMaxListeners, defaultRepeatStrategy, delay, emailProcessor, imageProcessor, imageProcessors, increaseMaxListeners, invertObject, isEmpty, isNotConnectionError, isRedisCluster, isRedisInstance, lengthInUtf8Bytes, objectToFlatArray, optimizeAvatar, optsDecodeMap, optsEncodeMap, parseObjectValues, prismaStores, processBatchPushNotification, processImage, processPushNotification, processSendEmail, processVideo, pushProcessor, pushProcessors, removeAllQueueData, removeUndefinedFields, serveHealth, sqliteStores, version, videoProcessor };
export type { AdvancedOptions, AdvancedRepeatOptions, AllStores, AttributeValue, Attributes, AvatarOptimizationData, AvatarProcessorOptions, AvatarStyle, BackoffOptions, BackoffStrategy, BatchPushNotificationData, BatchPushResult, BuiltInQueue, BuiltInWorker, BulkJob, BulkJobOptions, CleanableType, CloseOptions, CodeException, ConnectionOptions, ContextManager, ConversionData, ConvertedImage, Counter, DatabaseStores, DatabaseStoresOptions, DeduplicationOptions, DefaultJobOptions, DelayedEvent, DependenciesOpts, DependenciesPage, DependencyItem, DependencyOpts, EachOptions, EmailAddress, EmailAttachment, EmailData, EmailProcessorOptions, EmailResult, ErrorDetails, Exception, ExceptionType, ExtractDataType, ExtractNameType, ExtractResultType, FileFields, FileStore, FileTable, FinishedStatus, FlowJob, FlowJobBase, FlowJobNode, FlowJobOpts, FlowNestedLeafJob, FlowNestedLeafJobOpts, FlowOpts, FlowParentJob, FlowParentJobOpts, FlowProducerListener, FlowProducerOptions, FlowQueuesOpts, FlowRootLeafJob, FlowRootParentJob, Gauge, GetNextJobOptions, HealthServerOptions, Histogram, ImageConversionOptions, ImageDimensions, ImageLimits, ImageProcessingData, ImageProcessorOptions, ImageProcessors, ImageProcessorsOptions, JobDependencies, JobJson, JobLogs, JobNode, JobProgress, JobSchedulerJson, JobSchedulerListener, JobSchedulerTemplate, JobSchedulerTemplateOptions, JobState, JobTelemetryOptions, JobType, JobTypeName, JobsOptions, KeepJobs, KeysMap, LogLevel, LogMeta, Logger, MessageException, Meter, MetricOptions, Metrics, MoveToWaitingChildrenOpts, MovedEvent, NameException, NamedAddress, NativeJobProcessor, NativeMapEntry, NextJobData, NodeOpts, ObliterateOpts, OptimizedAvatar, ParentKeys, ParentOptions, PrismaClientLike, ProcessedVideo, Processor, ProcessorConfiguration, ProcessorMap, PublishedImage, PushNotificationData, PushPayload, PushProcessorOptions, PushProcessors, PushResult, PushSubscription, QueueBaseOptions, QueueEventsListener, QueueEventsOptions, QueueEventsProducerListener, QueueEventsProducerOptions, QueueListener, QueueMeta, QueueName, QueueOptions, QueueServiceOptions, QueueStats, RateLimiterOptions, RedisClient, RedisNode, RedisOptions, RepeatOptions, RepeatStrategy, RetryJobsOptions, RetryOptions, SandboxOptions, SandboxedJob, SchedulingQueue, ServerClient, Span, SpanOptions, SqliteStores, StorageOptions, Stores, SubscriptionStore, SubscriptionTable, TableNames, Telemetry, Time, TlsOptions, Tracer, Untyped, UploadData, UserStore, UserTable, VapidIdentity, VideoConversionOptions, VideoJobProcessor, VideoProcessingData, VideoProcessorOptions, WorkerHealth, WorkerListener, WorkerOptions };
