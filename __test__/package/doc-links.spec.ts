import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ROOT = join(__dirname, '..', '..');

interface Link {
  page: string;
  target: string;
}

const text = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Links of a page to other places of this repository. */
function links(page: string): Link[] {
  const prose = text(page).replace(/```.*?```/gs, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => ({ page, target: match[1] ?? '' }))
    .filter(({ target }) => !/^(https?|mailto):/.test(target));
}

/** Anchors of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
  return [...text(page).matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const pages = ['.', 'docs', 'examples'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => join(folder, name)),
);

test.each(pages.flatMap(links))('$page links to $target, which is there', ({ page, target }) => {
  const [file = '', anchor] = target.split('#');
  const aim = file === '' ? page : normalize(join(dirname(page), file));
  expect(existsSync(join(ROOT, aim))).toBe(true);
  // eslint-disable-next-line jest/no-conditional-expect -- most links name no heading.
  if (anchor !== undefined) expect(anchors(aim)).toContain(anchor);
});
