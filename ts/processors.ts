import type { DatabaseStores } from './database-stores';
import { NativePushProcessors, imageProcessor as nativeImageProcessor } from './native';
import { calling } from './native-answer';
import { processorOf } from './native-run';
import type { NativeJobProcessor } from './processor-map';
import type { BatchPushNotificationData, ImageProcessingData, PushNotificationData } from './queue-service/job-data';
import { toNativeStores, type FileStore, type SqliteStores, type SubscriptionStore } from './stores';

/** @internal Where uploads are read and results are written unless told otherwise. */
export const DEFAULT_STORAGE_URL = 'file:./public';

/** Options of {@link imageProcessor}. */
export interface ImageProcessorOptions {
  /** Where uploads are read and results are written: `file:<directory>` or `s3://<bucket>/<prefix>`. Default: `STORAGE_URL`, else `file:./public`. */
  storage?: string | undefined;
  /** What stands before a result's path in its public URL. Default: `PUBLIC_BASE_URL`, else nothing. */
  publicBaseUrl?: string | undefined;
  /** Where uploads are registered. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
  stores?: SqliteStores | DatabaseStores | { files: FileStore } | undefined;
  /** Largest width × height that is decoded, pixels. Default 100 million. */
  maxPixels?: number | undefined;
  /** Largest file that is read, bytes. Default 64 MiB. */
  maxInputBytes?: number | undefined;
  /** Memory for all images being processed, bytes, at least 16 MiB; further images wait. Default 512 MiB. */
  memoryBudget?: number | undefined;
}

/** Pixels. */
export interface ImageDimensions {
  width: number;
  height: number;
}

/** Result of `process-image` for an upload. Sizes in bytes, dimensions in pixels. */
export interface PublishedImage {
  compressedUrl: string;
  thumbnailUrl: string;
  originalSize: number;
  compressedSize: number;
  thumbnailSize: number;
  originalDimensions: ImageDimensions;
  compressedDimensions: ImageDimensions;
  thumbnailDimensions: ImageDimensions;
}

/** Result of `process-image` for a conversion. Sizes in bytes. */
export interface ConvertedImage {
  originalSize: number;
  compressedSize: number;
  /** How much smaller the result is, per cent; negative if it is larger. */
  savings: number;
  outputPath: string;
  originalDimensions: ImageDimensions;
  outputDimensions: ImageDimensions;
}

/** Options of {@link pushProcessors}. */
export interface PushProcessorOptions {
  /** Identity of the sender (RFC 8292). Default: `VAPID_PUBLIC_KEY`, `VAPID_PRIVATE_KEY` and `VAPID_SUBJECT`. */
  vapid?: VapidIdentity | undefined;
  /** Where push subscriptions are kept. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
  stores?: SqliteStores | DatabaseStores | { subscriptions: SubscriptionStore } | undefined;
  /** How long a push service keeps a message for an absent browser unless the job says otherwise, s. Default 4 weeks. */
  ttl?: number | undefined;
  /** How long one request may take, ms, above 0. Default 10000. */
  timeout?: number | undefined;
  /** Requests in flight at once over all jobs, 1-1000. Default 100. */
  concurrency?: number | undefined;
  /** Lets push services have addresses that are not globally routable; for tests and closed networks. Default `false`. */
  allowPrivateNetwork?: boolean | undefined;
  /** Origins that may have such addresses, e.g. `https://push.internal:8443`. Default: none. */
  allowedOrigins?: readonly string[] | undefined;
  /** Authorities to trust beside the system's, PEM. Default: none. */
  extraCa?: string | Uint8Array | undefined;
}

/** The identity that push services know the application by. */
export interface VapidIdentity {
  /** Uncompressed P-256 point, base64url. */
  publicKey: string;
  /** P-256 scalar, base64url. Never logged. */
  privateKey: string;
  /** Whom a push service may contact: `mailto:` or an https URL. */
  subject: string;
}

/** Result of `push-notification`, over all attempts. */
export interface PushResult {
  sent: number;
  /** Absent if the user has no subscriptions. */
  failed?: number;
  total: number;
}

/** Result of `batch-push-notification`, over all attempts. */
export interface BatchPushResult {
  users: number;
  sent: number;
  failed: number;
  total: number;
}

/** Processors of notifications that share connections, tokens and the bound on requests. */
export interface PushProcessors {
  /** Of `push-notification`. */
  single: NativeJobProcessor<PushNotificationData, PushResult>;
  /** Of `batch-push-notification`. */
  batch: NativeJobProcessor<BatchPushNotificationData, BatchPushResult>;
}

/**
 * The native processor of `process-image`: makes web images of uploads without touching the event loop.
 *
 * Jobs fail with `code` `UNSUPPORTED_FORMAT`, `CORRUPT_IMAGE`, `IMAGE_TOO_LARGE` or `PATH_OUTSIDE_STORAGE`, which are not retried,
 * or with one of the storage or store, which are.
 *
 * @throws `EngineError` with `code` `UNSUPPORTED_STORAGE`, `INVALID_PUBLIC_BASE_URL` or `FILE_UNWRITABLE`.
 */
export function imageProcessor(
  options: ImageProcessorOptions = {},
): NativeJobProcessor<ImageProcessingData, PublishedImage | ConvertedImage> {
  const { storage, publicBaseUrl, stores, ...limits } = options;
  const native = {
    storage: storage ?? process.env['STORAGE_URL'] ?? DEFAULT_STORAGE_URL,
    publicBaseUrl: publicBaseUrl ?? process.env['PUBLIC_BASE_URL'] ?? '',
    ...definedOnly(limits),
  };
  return processorOf(calling(() => nativeImageProcessor(native, toNativeStores(stores))));
}

/**
 * The native processors of `push-notification` and `batch-push-notification`.
 *
 * Dead subscriptions are removed; busy push services are tried again with the job's attempts, for the subscriptions that were not
 * delivered only. Jobs fail with `code` `PAYLOAD_TOO_LARGE` or `INVALID_JOB_DATA`, which are not retried, or with
 * `PUSH_SERVICE_UNAVAILABLE`.
 *
 * @throws `EngineError` whose `code` says which part of the identity or which option is wrong.
 */
export function pushProcessors(options: PushProcessorOptions = {}): PushProcessors {
  const { vapid = vapidFromEnvironment(), stores, extraCa, allowedOrigins, ...rest } = options;
  const native = {
    ...vapid,
    ...definedOnly(rest),
    ...(allowedOrigins && { allowedOrigins: [...allowedOrigins] }),
    ...(extraCa !== undefined && { extraCa: Buffer.from(extraCa).toString('utf8') }),
  };
  const processors = calling(() => new NativePushProcessors(native, toNativeStores(stores)));
  return { single: processorOf(processors.single()), batch: processorOf(processors.batch()) };
}

/** The native processor of `push-notification` alone; see {@link pushProcessors}. */
export function pushProcessor(options?: PushProcessorOptions): PushProcessors['single'] {
  return pushProcessors(options).single;
}

function vapidFromEnvironment(): VapidIdentity {
  const { env } = process;
  return {
    publicKey: env['VAPID_PUBLIC_KEY'] ?? env['NEXT_PUBLIC_VAPID_PUBLIC_KEY'] ?? '',
    privateKey: env['VAPID_PRIVATE_KEY'] ?? '',
    subject: env['VAPID_SUBJECT'] ?? env['NEXT_PUBLIC_VAPID_SUBJECT'] ?? '',
  };
}

/** @internal */
export type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** @internal The options that were given. */
export function definedOnly<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<T>;
}
