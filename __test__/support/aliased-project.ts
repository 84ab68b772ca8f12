import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryFolder } from './folder';
import { redisUrl, uniquePrefix } from './redis';

const ROOT = join(__dirname, '..', '..');
const INSTALLED = join(ROOT, 'node_modules');
const PROGRAM_DEADLINE_MS = 60_000;

/** What a program printed, and how it ended. */
export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A project that depends on `"bullmq": "npm:@synapse/queue"`: our packed package under that name, beside all others. */
export class AliasedProject {
  readonly #path: string;
  readonly remove: () => Promise<void>;

  private constructor(path: string, remove: () => Promise<void>) {
    this.#path = path;
    this.remove = remove;
  }

  static async create(): Promise<AliasedProject> {
    const { path, remove } = await temporaryFolder();
    const project = new AliasedProject(path, remove);
    await mkdir(join(path, 'node_modules', 'bullmq'), { recursive: true });
    await project.#linkOthers();
    await project.#unpackOurs();
    return project;
  }

  /** Copies a file into the project and runs Node on it. */
  async run(file: string): Promise<Ran> {
    const entry = join(this.#path, file);
    await copyFile(join(ROOT, '__test__', 'fixtures', 'alias', file), entry);
    // Packages that are links look for `bullmq` beside the link and not beside where it leads.
    return this.#spawn(process.execPath, ['--preserve-symlinks', '--preserve-symlinks-main', entry]);
  }

  /** Copies a file into the project and compiles it, without output; prints the files that it read. */
  async compile(file: string): Promise<Ran> {
    await copyFile(join(ROOT, '__test__', 'fixtures', 'alias', file), join(this.#path, file));
    const options = [
      '--noEmit',
      '--listFiles',
      '--strict',
      '--preserveSymlinks',
      '--module',
      'node16',
      '--target',
      'es2022',
    ];
    const tsc = join(INSTALLED, 'typescript', 'bin', 'tsc');
    return this.#spawn(process.execPath, [tsc, ...options, '--types', 'node', file]);
  }

  #spawn(program: string, args: string[]): Ran {
    const env = { ...process.env, REDIS_URL: redisUrl(), PREFIX: uniquePrefix() };
    const options = { cwd: this.#path, encoding: 'utf8', env, timeout: PROGRAM_DEADLINE_MS } as const;
    const { status, stdout, stderr } = spawnSync(program, args, options);
    return { status, stdout, stderr };
  }

  async #linkOthers(): Promise<void> {
    const names = (await readdir(INSTALLED)).filter((name) => !name.startsWith('.') && name !== 'bullmq');
    await Promise.all(names.map((name) => symlink(join(INSTALLED, name), join(this.#path, 'node_modules', name))));
  }

  async #unpackOurs(): Promise<void> {
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', this.#path];
    const { stdout } = spawnSync('npm', pack, { cwd: ROOT, encoding: 'utf8' });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    const ours = join(this.#path, 'node_modules', 'bullmq');
    spawnSync('tar', ['-xzf', join(this.#path, filename), '--strip-components', '1', '-C', ours]);
    const addons = (await readdir(ROOT)).filter((name) => name.endsWith('.node'));
    await Promise.all(addons.map((name) => copyFile(join(ROOT, name), join(ours, name))));
  }
}
