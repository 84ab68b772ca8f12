import { cp, mkdir, symlink, writeFile, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import ts from 'typescript';

import { temporaryFolder } from '../support/folder';
import { modules, type Variant } from './modules';

const ROOT = join(__dirname, '..', '..');

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: ['node'],
  strict: true,
  allowJs: true,
  skipLibCheck: true,
  esModuleInterop: true,
};

/** The document's application in a folder of its own, compiled, with this package installed. */
export class DocumentApplication {
  private constructor(
    /** Where it was compiled to. */
    readonly folder: string,
    /** What the compiler says, as `<file>: <message>`. */
    readonly complaints: string[],
    readonly remove: () => Promise<void>,
  ) {}

  static async build(variant: Variant): Promise<DocumentApplication> {
    const { path, remove } = await temporaryFolder();
    const sources = join(path, 'src');
    await cp(join(__dirname, 'application'), sources, { recursive: true });
    for (const [name, text] of Object.entries(modules(variant))) {
      await mkdir(dirname(join(sources, name)), { recursive: true });
      await writeFile(join(sources, name), text);
    }
    const folder = join(path, 'dist');
    await installPackages(path, folder);
    const complaints = compile(sources, folder, await readdir(sources, { recursive: true }));
    return new DocumentApplication(folder, complaints, remove);
  }

  /** A compiled module. */
  async load<Module>(name: string): Promise<Module> {
    return (await import(join(this.folder, name))) as Module;
  }
}

function compile(sources: string, outDir: string, names: string[]): string[] {
  const files = names.filter((name) => /\.(ts|js)$/.test(name)).map((name) => join(sources, name));
  const options: ts.CompilerOptions = {
    ...OPTIONS,
    ...{ rootDir: sources, outDir, typeRoots: [join(ROOT, 'node_modules', '@types')] },
    paths: { '@/*': [join(sources, '*')], 'next/*': [join(sources, 'next', '*')] },
  };
  const program = ts.createProgram(files, options);
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ file, messageText }) => {
    const place = file ? relative(sources, file.fileName) : 'program';
    return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

/** Everything of this repository, this package, and the names by which the application knows itself. */
async function installPackages(path: string, folder: string): Promise<void> {
  const installed = join(path, 'node_modules');
  const others = (await readdir(join(ROOT, 'node_modules'))).filter((name) => !name.startsWith('.'));
  await mkdir(join(installed, '@synapse'), { recursive: true });
  await Promise.all([
    ...others.map((name) => symlink(join(ROOT, 'node_modules', name), join(installed, name))),
    symlink(ROOT, join(installed, '@synapse', 'queue')),
    symlink(folder, join(installed, '@')),
    symlink(join(folder, 'next'), join(installed, 'next')),
  ]);
}
