import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { openWorkers } from '../open-workers';
import { ConfigurationError } from '../environment/configuration-error';
import type { Log } from './log';
import { drainOnSignal } from './shutdown';
import type { ProcessSettings } from './worker-settings';

/** Runs a file of the user's own; the workers it opens are drained when the process is asked to stop. */
export async function runUserWorker(file: string, settings: ProcessSettings, log: Log): Promise<void> {
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new ConfigurationError(`the worker file ${file} does not exist`);
  }
  drainOnSignal({
    workers: () => [...openWorkers()],
    release: () => Promise.resolve(),
    timeoutMs: settings.shutdownTimeoutMs,
    log,
  });
  try {
    await import(pathToFileURL(path).href);
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_UNKNOWN_FILE_EXTENSION' ? cannotRead(file, error) : error;
  }
  log.info(`🚀 Worker: ${file} started`, { event: 'started', file });
}

function cannotRead(file: string, cause: unknown): ConfigurationError {
  const advice = extname(file).endsWith('ts')
    ? 'runs TypeScript from 22.18 on: use that, pass compiled JavaScript, or set NODE_OPTIONS to a loader'
    : 'cannot run files of this type';
  return new ConfigurationError(`the worker file ${file} cannot be run: Node ${process.version} ${advice}`, { cause });
}
