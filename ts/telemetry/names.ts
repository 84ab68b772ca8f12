/** Role of a span, in OpenTelemetry's numbers. */
export enum SpanKind {
  /** Work inside of the process. */
  INTERNAL = 0,
  /** Answers a request. */
  SERVER = 1,
  /** Makes a request. */
  CLIENT = 2,
  /** Adds jobs. */
  PRODUCER = 3,
  /** Runs jobs. */
  CONSUMER = 4,
}

/** Names of the attributes of spans and measurements. */
export enum TelemetryAttributes {
  /** Name of the queue. */
  QueueName = 'bullmq.queue.name',
  /** Method that was called. */
  QueueOperation = 'bullmq.queue.operation',
  /** How many jobs one call adds. */
  BulkCount = 'bullmq.job.bulk.count',
  /** Their names. */
  BulkNames = 'bullmq.job.bulk.names',
  /** Name of the job. */
  JobName = 'bullmq.job.name',
  /** Its id. */
  JobId = 'bullmq.job.id',
  /** Its key in Redis. */
  JobKey = 'bullmq.job.key',
  /** Ids of several jobs. */
  JobIds = 'bullmq.job.ids',
  /** Attempts that ended. */
  JobAttemptsMade = 'bullmq.job.attempts.made',
  /** Deduplication id. */
  DeduplicationKey = 'bullmq.job.deduplication.key',
  /** Options of the job, as JSON. */
  JobOptions = 'bullmq.job.options',
  /** Progress, as JSON. */
  JobProgress = 'bullmq.job.progress',
  /** Whether delayed jobs are drained too. */
  QueueDrainDelay = 'bullmq.queue.drain.delay',
  /** Age from which jobs are cleaned, ms. */
  QueueGrace = 'bullmq.queue.grace',
  /** How many jobs may be cleaned. */
  QueueCleanLimit = 'bullmq.queue.clean.limit',
  /** How many were. */
  QueueCleanCount = 'bullmq.queue.clean.count',
  /** For how long the queue is held, ms. */
  QueueRateLimit = 'bullmq.queue.rate.limit',
  /** State of the jobs that are cleaned. */
  JobType = 'bullmq.job.type',
  /** Options of the queue, as JSON. */
  QueueOptions = 'bullmq.queue.options',
  /** Length the event stream is trimmed to. */
  QueueEventMaxLength = 'bullmq.queue.event.max.length',
  /** State that is counted. */
  QueueJobsState = 'bullmq.queue.jobs.state',
  /** Options of the worker, as JSON. */
  WorkerOptions = 'bullmq.worker.options',
  /** Name of the worker. */
  WorkerName = 'bullmq.worker.name',
  /** Id of the worker. */
  WorkerId = 'bullmq.worker.id',
  /** For how long the worker waits, ms. */
  WorkerRateLimit = 'bullmq.worker.rate.limit',
  /** Whether `pause` leaves running jobs alone. */
  WorkerDoNotWaitActive = 'bullmq.worker.do.not.wait.active',
  /** Whether `close` leaves running jobs alone. */
  WorkerForceClose = 'bullmq.worker.force.close',
  /** Jobs that lost their worker. */
  WorkerStalledJobs = 'bullmq.worker.stalled.jobs',
  /** Jobs that lost it too often. */
  WorkerFailedJobs = 'bullmq.worker.failed.jobs',
  /** Jobs whose locks are renewed. */
  WorkerJobsToExtendLocks = 'bullmq.worker.jobs.to.extend.locks',
  /** When the attempt ended, ms since the Unix epoch. */
  JobAttemptFinishedTimestamp = 'bullmq.job.attempt_finished_timestamp',
  /** When the attempt began, ms since the Unix epoch. */
  JobProcessedTimestamp = 'bullmq.job.processed.timestamp',
  /** What the processor returned, as JSON. */
  JobResult = 'bullmq.job.result',
  /** Why the attempt failed. */
  JobFailedReason = 'bullmq.job.failed.reason',
  /** Name of the root of a flow. */
  FlowName = 'bullmq.flow.name',
  /** Id of the scheduler. */
  JobSchedulerId = 'bullmq.job.scheduler.id',
  /** State a job goes to. */
  JobState = 'bullmq.job.state',
}

/** Names of the measurements. */
export enum MetricNames {
  /** Gauge: jobs of the queue by state, recorded by `queue.recordJobCountsMetric`. */
  QueueJobsCount = 'bullmq.queue.jobs',
  /** Counter. */
  JobsCompleted = 'bullmq.jobs.completed',
  /** Counter: jobs that failed for good. */
  JobsFailed = 'bullmq.jobs.failed',
  /** Counter: attempts that go on later, and jobs that moved themselves to later. */
  JobsDelayed = 'bullmq.jobs.delayed',
  /** Counter: attempts that are repeated at once. */
  JobsRetried = 'bullmq.jobs.retried',
  /** Counter: jobs put back to wait. */
  JobsWaiting = 'bullmq.jobs.waiting',
  /** Counter: jobs that wait for their children. */
  JobsWaitingChildren = 'bullmq.jobs.waiting_children',
  /** Histogram: ms from the start of an attempt until it ended. */
  JobDuration = 'bullmq.job.duration',
}
