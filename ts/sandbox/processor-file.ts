import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A file that exports a processor: a path, or a `file:` URL. */
export type ProcessorFile = string | URL;

const EXTENSIONS = new Set(['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.flow']);

/** Whether a worker was given a file rather than functions. By shape: URLs differ between realms. */
export function isProcessorFile(processor: unknown): processor is ProcessorFile {
  return typeof processor === 'string' || (typeof processor === 'object' && processor !== null && isUrl(processor));
}

/**
 * The file's URL, which `import()` takes on every platform. A path without an extension means a `.js` file.
 *
 * @throws `Error` `File <path> does not exist` or `URL <url> does not exist in the local file system`.
 */
export function urlOf(file: ProcessorFile): string {
  if (typeof file !== 'string') {
    if (file.protocol !== 'file:' || !existsSync(fileURLToPath(file.href))) {
      throw new Error(`URL ${file.href} does not exist in the local file system`);
    }
    return file.href;
  }
  const path = EXTENSIONS.has(extname(file)) ? file : `${file}.js`;
  if (!existsSync(path)) {
    throw new Error(`File ${path} does not exist`);
  }
  return pathToFileURL(path).href;
}

function isUrl(value: object): value is URL {
  return 'href' in value && 'protocol' in value;
}
