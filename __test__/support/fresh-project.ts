import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { temporaryFolder } from './folder';

/** What an installation may call on: a compiler would hide that something is built on the user's machine. */
const PROGRAMS = ['node', 'npm', 'sh', 'env'];
const DEADLINE_MS = 120_000;

/** What a program printed, and how it ended. */
export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** An empty project on a machine without a compiler. */
export class FreshProject {
  readonly #path: string;
  readonly remove: () => Promise<void>;

  private constructor(path: string, remove: () => Promise<void>) {
    this.#path = path;
    this.remove = remove;
  }

  static async create(): Promise<FreshProject> {
    const { path, remove } = await temporaryFolder();
    const project = new FreshProject(path, remove);
    await mkdir(join(path, 'bin'));
    for (const program of PROGRAMS) {
      const { stdout } = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
      await symlink(stdout.trim(), join(path, 'bin', program));
    }
    await writeFile(join(path, 'package.json'), JSON.stringify({ name: 'fresh', private: true }));
    return project;
  }

  /** `npm install` of tarballs, and of what they depend on. */
  install(...tarballs: string[]): Ran {
    return this.#spawn('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs]);
  }

  /** Runs Node on a module with this text. */
  async run(source: string, env: Record<string, string> = {}): Promise<Ran> {
    const file = join(this.#path, 'program.mjs');
    await writeFile(file, source);
    return this.#spawn('node', [file], env);
  }

  /** Writes a file of an installed package anew. */
  async rewrite(file: string, change: (text: string) => string): Promise<void> {
    const path = join(this.#path, 'node_modules', file);
    await writeFile(path, change(await readFile(path, 'utf8')));
  }

  /** Writes a file where an installed package expects one; what was there is gone. */
  async place(file: string, content: string): Promise<void> {
    const path = join(this.#path, 'node_modules', file);
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    await writeFile(path, content);
  }

  /** Names in an installed package's folder. */
  list(folder: string): Promise<string[]> {
    return readdir(join(this.#path, 'node_modules', folder));
  }

  #spawn(program: string, args: string[], variables: Record<string, string> = {}): Ran {
    const env = { ...process.env, ...variables, PATH: join(this.#path, 'bin') };
    const options = { cwd: this.#path, encoding: 'utf8', env, timeout: DEADLINE_MS } as const;
    const { status, stdout, stderr } = spawnSync(program, args, options);
    return { status, stdout, stderr };
  }
}
