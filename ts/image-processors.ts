import type { DatabaseStores } from './database-stores';
import { definedOnly } from './defined-only';
import { blaming } from './environment/blame';
import { processEnvironment } from './environment/environment';
import { readImageDecoders } from './environment/processor-settings';
import { NativeImageProcessors } from './native';
import { calling } from './native-answer';
import { processorOf } from './native-run';
import type { NativeJobProcessor } from './processor-map';
import type { AvatarOptimizationData, ImageProcessingData } from './queue-service/job-data';
import { storageOf, type StorageOptions } from './storage';
import { toNativeStores, type AllStores, type SqliteStores, type Stores } from './stores';

/** What uploads may cost. */
export interface ImageLimits {
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
export interface ImageProcessorOptions extends StorageOptions, ImageLimits {
  /** Where uploads are registered. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
  stores?: SqliteStores | DatabaseStores | Pick<AllStores, 'files'> | undefined;
}

/** What avatars look like. */
export interface AvatarStyle {
  /** Sides in pixels: 1 to 16 numbers from 1 to 4096. Default 32, 64, 128, 256 and 512. */
  sizes?: readonly number[] | undefined;
  /** Default `webp`. */
  format?: 'jpeg' | 'png' | 'webp' | 'avif' | undefined;
  /** 1-100. Default 80. */
  quality?: number | undefined;
}

/** Options of {@link avatarProcessor}. */
export interface AvatarProcessorOptions extends StorageOptions, ImageLimits, AvatarStyle {
  /** Where users are registered. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
  stores?: SqliteStores | DatabaseStores | Pick<AllStores, 'users'> | undefined;
}

/** Options of {@link imageProcessors}. */
export interface ImageProcessorsOptions extends StorageOptions, ImageLimits {
  /** What avatars look like. */
  avatars?: AvatarStyle | undefined;
  /** Where uploads and users are registered. Default: the database of `DATABASE_URL`, else `sqlite:./synapse.db`. */
  stores?: SqliteStores | DatabaseStores | Pick<Stores, 'files' | 'users'> | undefined;
}

/** Pixels of a picture as it is shown, its orientation applied. */
export interface ImageDimensions {
  /** From left to right. */
  width: number;
  /** From top to bottom. */
  height: number;
}

/** Result of `process-image` for an upload. Sizes in bytes, dimensions in pixels. */
export interface PublishedImage {
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
export interface ConvertedImage {
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
export interface OptimizedAvatar {
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
export interface ImageProcessors {
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
export function imageProcessors(options: ImageProcessorsOptions = {}): ImageProcessors {
  const { avatars = {}, stores, ...rest } = options;
  return blaming(options, () => {
    const processors = open(rest);
    return { image: imageOf(processors, stores), avatar: avatarOf(processors, avatars, stores) };
  });
}

/** The native processor of `process-image` alone; see {@link imageProcessors}. */
export function imageProcessor(options: ImageProcessorOptions = {}): ImageProcessors['image'] {
  const { stores, ...rest } = options;
  return blaming(options, () => imageOf(open(rest), stores));
}

/** The native processor of `optimize-avatar` alone; see {@link imageProcessors}. */
export function avatarProcessor(options: AvatarProcessorOptions = {}): ImageProcessors['avatar'] {
  const { stores, sizes, format, quality, ...rest } = options;
  return blaming(options, () => avatarOf(open(rest), { sizes, format, quality }, stores));
}

function open({ storage, publicBaseUrl, ...limits }: StorageOptions & ImageLimits): NativeImageProcessors {
  const decoders = limits.decoders ?? readImageDecoders(processEnvironment());
  const native = { ...storageOf({ storage, publicBaseUrl }), ...definedOnly(limits), decoders };
  return calling(() => new NativeImageProcessors(native));
}

function imageOf(processors: NativeImageProcessors, stores: Stores | undefined): ImageProcessors['image'] {
  return processorOf(calling(() => processors.image(toNativeStores(stores))));
}

function avatarOf(
  processors: NativeImageProcessors,
  { sizes, ...style }: AvatarStyle,
  stores: Stores | undefined,
): ImageProcessors['avatar'] {
  const native = { ...definedOnly(style), ...(sizes && { sizes: [...sizes] }) };
  return processorOf(calling(() => processors.avatar(native, toNativeStores(stores))));
}
