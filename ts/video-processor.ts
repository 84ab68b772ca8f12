import type { DatabaseStores } from './database-stores';
import { definedOnly } from './defined-only';
import { blaming } from './environment/blame';
import { NativeVideoProcessor } from './native';
import { calling } from './native-answer';
import { processorOf } from './native-run';
import type { NativeJobProcessor } from './processor-map';
import type { VideoProcessingData } from './queue-service/job-data';
import { storageOf, type StorageOptions } from './storage';
import { toNativeStores, type AllStores, type SqliteStores } from './stores';

/** Options of {@link videoProcessor}. Limits of time and memory hold for one run of ffmpeg. */
export interface VideoProcessorOptions extends StorageOptions {
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
export interface ProcessedVideo {
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
export interface VideoJobProcessor extends NativeJobProcessor<VideoProcessingData, ProcessedVideo> {
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
export function videoProcessor(options: VideoProcessorOptions = {}): VideoJobProcessor {
  const { storage, publicBaseUrl, stores, ...rest } = options;
  const native = { ...storageOf({ storage, publicBaseUrl }), ...definedOnly(rest) };
  const handle = blaming(options, () => calling(() => new NativeVideoProcessor(native, toNativeStores(stores))));
  const processor = processorOf<VideoProcessingData, ProcessedVideo>(handle.processor());
  return Object.defineProperty(processor, 'missing', { get: () => handle.missing }) as VideoJobProcessor;
}
