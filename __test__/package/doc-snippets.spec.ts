import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import ts from 'typescript';

import * as library from '../..';

const ROOT = join(__dirname, '../..');
const APPLICATION = join(ROOT, '__test__/fixtures/docs/application.d.ts');

interface Snippet {
  /** Where it stands, e.g. `docs/flows.md:12`. */
  place: string;
  /** A path that does not exist, beside the page. */
  path: string;
  code: string;
}

/** Snippets of the pages for users. */
function snippets(): Snippet[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name));
  const pages = ['README.md', ...docs.filter((name) => name.endsWith('.md')).sort()];
  return pages.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    return [...text.matchAll(/^```(ts|tsx|js|mjs)\n(.*?)^```/gms)].map((match) => {
      const line = text.slice(0, match.index).split('\n').length;
      const extension = match[1] === 'js' || match[1] === 'mjs' ? 'mjs' : 'mts';
      return {
        place: `${page}:${line}`,
        path: join(ROOT, `${page}.${line}.${extension}`),
        code: withImports(match[2] ?? ''),
      };
    });
  });
}

/** Names of this package that a snippet uses and does not import stand in an import further up its page. */
function withImports(code: string): string {
  const imported = [...code.matchAll(/import (?:type )?\{([^}]*)\}/g)].flatMap((match) =>
    (match[1] ?? '').split(/[\s,]+/),
  );
  const names = Object.keys(library).filter(
    (name) => new RegExp(`\\b${name}\\b`).test(code) && !imported.includes(name),
  );
  return `import { ${names.join(', ')} } from '@synapse/queue'; ${code}`;
}

/** What the compiler says of each snippet. */
function compile(all: readonly Snippet[]): Map<string, string[]> {
  const texts = new Map(all.map(({ path, code }) => [path, code]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: ['node'],
    strict: true,
    allowJs: true,
    noEmit: true,
    skipLibCheck: true,
    esModuleInterop: true,
    paths: { '@synapse/queue': [join(ROOT, 'index.d.mts')] },
  };
  const files = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...files,
    fileExists: (path) => texts.has(path) || files.fileExists(path),
    readFile: (path) => texts.get(path) ?? files.readFile(path),
    getSourceFile: (path, languageVersion, ...rest) => {
      const text = texts.get(path);
      return text === undefined
        ? files.getSourceFile(path, languageVersion, ...rest)
        : ts.createSourceFile(path, text, languageVersion);
    },
  };
  const program = ts.createProgram([...texts.keys(), APPLICATION], options, host);
  const found = new Map<string, string[]>(all.map(({ path }) => [path, []]));
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const path = diagnostic.file?.fileName ?? 'the program';
    const line = (diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0) + 1;
    const message = `${relative(ROOT, path)} line ${line}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`;
    found.set(path, [...(found.get(path) ?? []), message]);
  }
  return found;
}

describe('snippets of the documentation', () => {
  const all = snippets();
  const found = compile(all);

  it('are found', () => {
    expect(all.length).toBeGreaterThan(20);
  });

  it('stand in an application that compiles', () => {
    const others = [...found].filter(([path]) => !all.some((snippet) => snippet.path === path));
    expect(others).toEqual([]);
  });

  it.each(all)('compile: $place', ({ path }) => {
    expect(found.get(path)).toEqual([]);
  });
});
