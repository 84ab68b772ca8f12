import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Prints a heading and lines under it. */
export function report(heading, lines) {
  process.stdout.write(`\n${heading}\n${lines.map((line) => `  ${line}\n`).join('')}`);
}

/** What the receiver read, and what it answered. */
export function deliveryLine({ name, status, httpVersion, payload }) {
  return `${name}: answered ${status} over HTTP/${httpVersion}, decrypted ${payload}`;
}

/** Every file below `folder` with its size. */
export async function fileLines(folder) {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => `${file}  ${kilobytes((await stat(file)).size)}`));
}

/** Counts by queue, states without jobs left out. */
export function countLines(stats) {
  return Object.entries(stats).map(([queue, counts]) => {
    const some = Object.entries(counts).filter(([, count]) => count > 0);
    return `${queue}: ${some.map(([state, count]) => `${state} ${count}`).join(', ') || 'empty'}`;
  });
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
