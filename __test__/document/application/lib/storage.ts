import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = (process.env['STORAGE_URL'] ?? '').replace(/^file:/, '');

export const readFileFromStorage = (path: string): Promise<Buffer> => readFile(join(FOLDER, path));

/** Answers the public URL. */
export async function uploadToStorage(bytes: Buffer, name: string): Promise<string> {
  await writeFile(join(FOLDER, name), bytes);
  return `/${name}`;
}
