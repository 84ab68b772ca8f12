import type { ChildJob } from './child-job';

/** The function that a processor's file exports. */
export type ChildProcessor = (job: ChildJob, token: string | undefined, signal: AbortSignal) => unknown;

interface WithDefault {
  default?: unknown;
}

/**
 * Imports a file, CommonJS or ES module, and finds its processor: the default export, or what `module.exports` is, or
 * `exports.default` of a compiled module.
 *
 * @throws what the file throws; `Error` `No function is exported in processor file`.
 */
export async function loadProcessor(url: string): Promise<ChildProcessor> {
  const imported = (await import(url)) as WithDefault;
  const candidates = [imported.default, (imported.default as WithDefault | undefined)?.default];
  const processor = candidates.find((candidate) => typeof candidate === 'function');
  if (!processor) {
    throw new Error('No function is exported in processor file');
  }
  return processor as ChildProcessor;
}
