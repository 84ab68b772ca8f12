/** Role of a span, in OpenTelemetry's numbers. */
export enum SpanKind {
  INTERNAL = 0,
  SERVER = 1,
  CLIENT = 2,
  /** Adds jobs. */
  PRODUCER = 3,
  /** Runs jobs. */
  CONSUMER = 4,
}

/** Names of the attributes of spans and measurements. */
export enum TelemetryAttributes {
  QueueName = 'bullmq.queue.name',
  QueueOperation = 'bullmq.queue.operation',
  BulkCount = 'bullmq.job.bulk.count',
  BulkNames = 'bullmq.job.bulk.names',
  JobName = 'bullmq.job.name',
  JobId = 'bullmq.job.id',
  JobKey = 'bullmq.job.key',
  JobIds = 'bullmq.job.ids',
  JobAttemptsMade = 'bullmq.job.attempts.made',
  DeduplicationKey = 'bullmq.job.deduplication.key',
  JobOptions = 'bullmq.job.options',
  JobProgress = 'bullmq.job.progress',
  QueueDrainDelay = 'bullmq.queue.drain.delay',
  QueueGrace = 'bullmq.queue.grace',
  QueueCleanLimit = 'bullmq.queue.clean.limit',
  QueueCleanCount = 'bullmq.queue.clean.count',
  QueueRateLimit = 'bullmq.queue.rate.limit',
  JobType = 'bullmq.job.type',
  QueueOptions = 'bullmq.queue.options',
  QueueEventMaxLength = 'bullmq.queue.event.max.length',
  QueueJobsState = 'bullmq.queue.jobs.state',
  WorkerOptions = 'bullmq.worker.options',
  WorkerName = 'bullmq.worker.name',
  WorkerId = 'bullmq.worker.id',
  WorkerRateLimit = 'bullmq.worker.rate.limit',
  WorkerDoNotWaitActive = 'bullmq.worker.do.not.wait.active',
  WorkerForceClose = 'bullmq.worker.force.close',
  WorkerStalledJobs = 'bullmq.worker.stalled.jobs',
  WorkerFailedJobs = 'bullmq.worker.failed.jobs',
  WorkerJobsToExtendLocks = 'bullmq.worker.jobs.to.extend.locks',
  JobAttemptFinishedTimestamp = 'bullmq.job.attempt_finished_timestamp',
  JobProcessedTimestamp = 'bullmq.job.processed.timestamp',
  JobResult = 'bullmq.job.result',
  JobFailedReason = 'bullmq.job.failed.reason',
  FlowName = 'bullmq.flow.name',
  JobSchedulerId = 'bullmq.job.scheduler.id',
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
