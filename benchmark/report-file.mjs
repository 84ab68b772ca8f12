import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, '..', 'docs', 'benchmarks.md');
/** A section that `npm run bench:quality` writes; the other benchmarks leave it as it is. */
const QUALITY = /^## Image quality\n[\s\S]*?(?=^## |(?![\s\S]))/m;
const LAST = '## How it is measured';

/** Replaces everything but the section about image quality. */
export async function replaceReport(report) {
  const [section = ''] = QUALITY.exec(await readFile(FILE, 'utf8')) ?? [];
  await writeFile(FILE, section === '' ? report : inserted(report, section.trimEnd()));
}

/** Replaces the section about image quality, and nothing else. */
export async function replaceSection(section) {
  const report = (await readFile(FILE, 'utf8')).replace(QUALITY, '');
  await writeFile(FILE, inserted(report, section.trimEnd()));
}

function inserted(report, section) {
  return report.replace(LAST, () => `${section}\n\n${LAST}`);
}
