import { emailProcessor } from '../email-processor';
import { imageProcessors } from '../image-processors';
import { pushProcessors } from '../processors';
import type { ProcessorMap } from '../processor-map';
import { JOB_TYPES, QUEUE_NAMES } from '../queue-names';
import { sqliteStores, type SqliteStores } from '../stores';
import { videoProcessor } from '../video-processor';
import { variableToBlame } from '../environment/blame';
import { ConfigurationError } from '../environment/configuration-error';
import type { EmailSettings } from './email-settings';
import type { PushSettings, WorkerSettings } from './worker-settings';

/** The native processors of this release, and what they hold open. */
export interface BuiltInProcessors {
  processors: ProcessorMap;
  /** What some of them lack on this machine, for the log. */
  warnings: readonly string[];
  close: () => Promise<void>;
}

/**
 * Makes the native processors that the settings call for.
 *
 * @throws `ConfigurationError` naming the variable that cannot work.
 */
export async function openBuiltInProcessors(settings: WorkerSettings): Promise<BuiltInProcessors> {
  try {
    const stores = await sqliteStores(settings.databaseUrl);
    const files = settings.queues.includes(QUEUE_NAMES.FILE_PROCESSING) ? fileProcessors(settings, stores) : undefined;
    const processors = {
      ...files?.processors,
      ...(settings.push && notificationProcessors(settings.push, stores)),
      ...(settings.email && emailProcessors(settings.email, settings.storageUrl)),
    };
    return { processors, warnings: files?.warnings ?? [], close: () => stores.close() };
  } catch (error) {
    throw named(error);
  }
}

function fileProcessors(
  { storageUrl, publicBaseUrl, imageDecoders }: WorkerSettings,
  stores: SqliteStores,
): Pick<BuiltInProcessors, 'processors' | 'warnings'> {
  const places = { storage: storageUrl, publicBaseUrl, stores };
  const { image, avatar } = imageProcessors({ ...places, decoders: imageDecoders });
  const video = videoProcessor(places);
  return {
    processors: {
      [JOB_TYPES.PROCESS_IMAGE]: image,
      [JOB_TYPES.OPTIMIZE_AVATAR]: avatar,
      [JOB_TYPES.PROCESS_VIDEO]: video,
    },
    warnings: video.missing === null ? [] : [`Worker: ${video.missing}; ${JOB_TYPES.PROCESS_VIDEO} jobs will fail`],
  };
}

function notificationProcessors(settings: PushSettings, stores: SqliteStores): ProcessorMap {
  const { single, batch } = pushProcessors({ ...settings, stores });
  return { [JOB_TYPES.PUSH_NOTIFICATION]: single, [JOB_TYPES.BATCH_PUSH_NOTIFICATION]: batch };
}

function emailProcessors(settings: EmailSettings, storage: string): ProcessorMap {
  return { [JOB_TYPES.SEND_EMAIL]: emailProcessor({ ...settings, storage }) };
}

/** The error under the name of its variable; errors that no setting explains stay as they are. */
function named(error: unknown): unknown {
  const variable = variableToBlame(error);
  return variable === undefined
    ? error
    : new ConfigurationError(`${variable}: ${(error as Error).message}`, { cause: error });
}
