import {
  imageProcessors,
  type ConvertedImage,
  type ImageProcessors,
  type ImageProcessorsOptions,
  type OptimizedAvatar,
  type PublishedImage,
} from './image-processors';
import type { Job } from './job';
import {
  pushProcessors,
  type BatchPushResult,
  type PushProcessorOptions,
  type PushProcessors,
  type PushResult,
} from './processors';
import { emailProcessor, type EmailProcessorOptions, type EmailResult } from './email-processor';
import type {
  AvatarOptimizationData,
  BatchPushNotificationData,
  EmailData,
  ImageProcessingData,
  PushNotificationData,
  VideoProcessingData,
} from './queue-service/job-data';
import {
  videoProcessor,
  type ProcessedVideo,
  type VideoJobProcessor,
  type VideoProcessorOptions,
} from './video-processor';

/** What the built-in jobs need when a processor of your own runs them; what is left out comes from the environment. */
export interface ProcessorConfiguration {
  /** Of {@link processImage} and {@link optimizeAvatar}. */
  images?: ImageProcessorsOptions | undefined;
  /** Of {@link processVideo}. */
  videos?: VideoProcessorOptions | undefined;
  /** Of {@link processPushNotification} and {@link processBatchPushNotification}. */
  push?: PushProcessorOptions | undefined;
  /** Of {@link processSendEmail}. */
  email?: EmailProcessorOptions | undefined;
}

let configuration: ProcessorConfiguration = {};
let images: ImageProcessors | undefined;
let videos: VideoJobProcessor | undefined;
let push: PushProcessors | undefined;
let email: ReturnType<typeof emailProcessor> | undefined;

/**
 * Sets up {@link processImage}, {@link processPushNotification}, {@link processSendEmail} and their siblings; call it before the first
 * job runs.
 *
 * What is given is checked at once; what is left out is taken from the environment by the first job that needs it.
 *
 * @throws `EngineError` whose `code` says which option is wrong, `ConfigurationError` for a variable.
 */
export function configure(options: ProcessorConfiguration): void {
  configuration = options;
  images = options.images && imageProcessors(options.images);
  videos = options.videos && videoProcessor(options.videos);
  push = options.push && pushProcessors(options.push);
  email = options.email && emailProcessor(options.email);
}

/** Runs a `process-image` job in Rust, from a processor of your own. */
export async function processImage(
  job: Job,
  token?: string,
  signal?: AbortSignal,
): Promise<PublishedImage | ConvertedImage> {
  return openImages().image(job as Job<ImageProcessingData, PublishedImage | ConvertedImage>, token, signal);
}

/** Runs an `optimize-avatar` job in Rust, from a processor of your own. */
export async function optimizeAvatar(job: Job, token?: string, signal?: AbortSignal): Promise<OptimizedAvatar> {
  return openImages().avatar(job as Job<AvatarOptimizationData, OptimizedAvatar>, token, signal);
}

/** Runs a `process-video` job in Rust, from a processor of your own. */
export async function processVideo(job: Job, token?: string, signal?: AbortSignal): Promise<ProcessedVideo> {
  videos ??= videoProcessor(configuration.videos);
  return videos(job as Job<VideoProcessingData, ProcessedVideo>, token, signal);
}

/** Runs a `push-notification` job in Rust, from a processor of your own. */
export async function processPushNotification(job: Job, token?: string, signal?: AbortSignal): Promise<PushResult> {
  push ??= pushProcessors(configuration.push);
  return push.single(job as Job<PushNotificationData, PushResult>, token, signal);
}

/** Runs a `batch-push-notification` job in Rust, from a processor of your own. */
export async function processBatchPushNotification(
  job: Job,
  token?: string,
  signal?: AbortSignal,
): Promise<BatchPushResult> {
  push ??= pushProcessors(configuration.push);
  return push.batch(job as Job<BatchPushNotificationData, BatchPushResult>, token, signal);
}

/** Runs a `send-email` job in Rust, from a processor of your own. */
export async function processSendEmail(job: Job, token?: string, signal?: AbortSignal): Promise<EmailResult> {
  email ??= emailProcessor(configuration.email);
  return email(job as Job<EmailData, EmailResult>, token, signal);
}

function openImages(): ImageProcessors {
  images ??= imageProcessors(configuration.images);
  return images;
}
