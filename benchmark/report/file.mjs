import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where reports and their charts are. */
export const DOCS = join(import.meta.dirname, '..', '..', 'docs');

const FILE = join(DOCS, 'benchmarks.md');
const HEADING = /^(?=## )/m;
const QUALITY = 'Image quality';
/** Sections in their order; text before and after them is written by hand. */
const ORDER = ['Queue', 'Images', QUALITY, 'Push', 'Network delay', 'Growth', 'A million jobs'];

/** Replaces the section of this title, or puts it in its place; everything else stays as it is. */
export async function replaceSection(title, section) {
  const [preface, ...sections] = (await readFile(FILE, 'utf8')).split(HEADING);
  const titled = new Map(sections.map((text) => [text.slice('## '.length, text.indexOf('\n')), `${text.trimEnd()}\n`]));
  titled.set(title, `${section.trimEnd()}\n`);
  const known = ORDER.filter((name) => titled.has(name));
  const byHand = [...titled.keys()].filter((name) => !ORDER.includes(name));
  await writeFile(
    FILE,
    [`${preface.trimEnd()}\n`, ...[...known, ...byHand].map((name) => titled.get(name))].join('\n'),
  );
}
