import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chartOf } from './chart.mjs';
import { DOCS, replaceSection } from './file.mjs';
import { NOTES } from './notes.mjs';
import { tableOf } from './tables.mjs';

/** Prints the section of a part, and puts it into the report unless told otherwise. */
export async function publish(part, results, { about, write }) {
  const section = sectionOf(part, results, about);
  process.stdout.write(`\n${section}\n`);
  if (!write) return;
  if (part.chart) await writeFile(join(DOCS, part.chart.file), chartOf(part, results));
  await replaceSection(part.title, section);
}

function sectionOf({ id, title, cases, chart }, results, { machine, command, runs, rustPeer }) {
  const notes = [...NOTES[id], ...(id === 'queue' && rustPeer ? [`The Rust crate bullmq-official: ${rustPeer}.`] : [])];
  return [
    `## ${title}`,
    '',
    `Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}. Medians of ${runs} runs, lowest and highest in brackets.`,
    '',
    ...machine.map((line) => `- ${line}`),
    '',
    ...(chart ? [`![${chart.title}](${chart.file})`, ''] : []),
    ...tableOf(cases, results),
    '',
    ...notes.map((line) => `- ${line}`),
    '',
  ].join('\n');
}
