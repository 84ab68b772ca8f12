import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = readFileSync(join(__dirname, 'queue-system.md'), 'utf8');

/** One fenced block of the document, without the indentation of the list that it stands in. */
export interface Block {
  language: string;
  code: string;
}

/** Every block, in the order of the document. */
export const BLOCKS: readonly Block[] = [...DOCUMENT.matchAll(/^( *)```(\w*)\n(.*?)^ *```/gms)].map(
  ([, indentation = '', language = '', code = '']) => ({
    language,
    code: code.replace(new RegExp(`^${indentation}`, 'gm'), ''),
  }),
);

/** The only block that contains this text. */
export function block(text: string): string {
  const [found, ...others] = BLOCKS.filter(({ code }) => code.includes(text));
  if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} blocks contain ${text}`);
  return found.code;
}
