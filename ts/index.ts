/**
 * Job queue and background workers on Redis.
 *
 * @module API
 */
export * from './bullmq';
export {
  DELAYED_ERROR,
  DelayedError,
  RATE_LIMIT_ERROR,
  RateLimitError,
  UNRECOVERABLE_ERROR,
  UnrecoverableError,
  WAITING_CHILDREN_ERROR,
  WAITING_ERROR,
  WaitingChildrenError,
  WaitingError,
} from './control-flow';
export { ConfigurationError } from './environment/configuration-error';
export * from './errors';
export { FlowProducer, type FlowProducerListener } from './flow-producer';
export type { JobNode } from './flow-lines';
export { serveHealth, type HealthServer, type HealthServerOptions } from './health-server';
export { Job, type BulkJob } from './job';
export type { EachOptions } from './job-parts';
export { createIORedisClient, createNodeRedisClient } from './connection/client-adapters';
export type { DependenciesPage, DependencyItem } from './dependencies-page';
export type { NextJobData } from './job-processing';
export type { DependenciesOpts, DependencyOpts, JobDependencies, MoveToWaitingChildrenOpts } from './job-children';
export type * from './options/connection-options';
export type * from './options/flow-options';
export { JobScheduler, type JobSchedulerListener, type SchedulingQueue } from './job-scheduler';
export type * from './options/job-options';
export type * from './options/queue-options';
export type * from './options/queue-events-options';
export type * from './options/sandbox-options';
export type * from './options/scheduler-options';
export type * from './options/worker-options';
export {
  configure,
  optimizeAvatar,
  processBatchPushNotification,
  processImage,
  processPushNotification,
  processSendEmail,
  processVideo,
  type ProcessorConfiguration,
} from './configured-processors';
export { avatarProcessor, imageProcessor, imageProcessors } from './image-processors';
export type * from './image-processors';
export { pushProcessor, pushProcessors } from './processors';
export type * from './processors';
export { emailProcessor } from './email-processor';
export type * from './email-processor';
export { databaseStores } from './database-stores';
export type * from './database-stores';
export type { StorageOptions } from './storage';
export { videoProcessor } from './video-processor';
export type * from './video-processor';
export { prismaStores, sqliteStores } from './stores';
export type * from './stores';
export { Queue, type QueueListener } from './queue';
export type { QueueBackend, ServerClient } from './queue-backend';
export { QueueBase, type KeysMap } from './queue-base';
export { QueueEvents, type DelayedEvent, type MovedEvent, type QueueEventsListener } from './queue-events';
export { QueueEventsProducer, type QueueEventsProducerListener } from './queue-events-producer';
export { QueueGetters } from './queue-getters';
export { QueueMaintenance } from './queue-maintenance';
export { QueueSchedulers } from './queue-schedulers';
export { defaultRepeatStrategy } from './repeat-strategy';
export type { NativeJobProcessor, NativeMapEntry, ProcessorMap } from './processor-map';
export type { SandboxedJob } from './sandbox/sandboxed-job';
export { MetricNames, SpanKind, TelemetryAttributes } from './telemetry/names';
export type * from './telemetry/telemetry';
export type * from './types';
export { Worker } from './worker';
export type { LogLevel, WorkerListener } from './worker-listener';
export type { Logger, LogMeta } from './logger';
export {
  BUILT_IN_QUEUES,
  JOB_TYPES,
  QUEUE_NAMES,
  type BuiltInQueue,
  type BuiltInWorker,
  type JobTypeName,
  type QueueName,
} from './queue-names';
export { QueueService, type QueueStats } from './queue-service';
export type * from './queue-service/job-data';
export type { QueueServiceOptions } from './queue-service/options';
