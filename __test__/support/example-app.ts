import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freePort } from '../../scripts/servers/free-port.cjs';
import { OwnedProcess } from '../../scripts/servers/owned-process.cjs';
import { PushReceiver } from '../../scripts/servers/push-receiver.cjs';
import { vapidKeys } from '../../scripts/servers/vapid.cjs';
import { temporaryFolder } from './folder';
import { redisUrl } from './redis';
import { until } from './until';

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, 'examples', 'nextjs');
const START_DEADLINE_MS = 60_000;

/** Seals the session cookies. */
export const SESSION_SECRET = 'of a test';

/** Of the user `admin`, for the dashboard. */
export const ADMIN_PASSWORD = 'correct horse battery staple';

/** How the application runs: as it is deployed, or a copy of it under `next dev`, to be changed. */
export type ExampleMode = 'standalone' | 'dev';

const SERVERS = {
  standalone: { args: ['.next/standalone/server.js'], env: { NODE_ENV: 'production' } },
  dev: { args: ['node_modules/next/dist/bin/next', 'dev'], env: { NODE_ENV: 'development' } },
};

/** The example application with a worker, a database and a push service of its own. */
export class ExampleApp {
  readonly url: string;
  readonly receiver: PushReceiver;
  /** Its sources. */
  readonly folder: string;
  readonly #env: Record<string, string>;
  readonly #removeFolder: () => Promise<void>;
  #server: OwnedProcess | undefined;
  #worker: OwnedProcess | undefined;
  readonly #output: string[] = [];

  private constructor(
    url: string,
    receiver: PushReceiver,
    { folder, env, remove }: { folder: string; env: Record<string, string>; remove: () => Promise<void> },
  ) {
    this.folder = folder;
    this.url = url;
    this.receiver = receiver;
    this.#env = env;
    this.#removeFolder = remove;
  }

  /** Starts everything but the worker. */
  static async start(mode: ExampleMode = 'standalone'): Promise<ExampleApp> {
    const { path, remove } = await temporaryFolder();
    const receiver = await PushReceiver.start();
    await writeFile(join(path, 'authority.pem'), receiver.ca);
    const port = String(await freePort());
    const vapid = vapidKeys();
    const env = {
      PORT: port,
      HOSTNAME: '127.0.0.1',
      REDIS_URL: redisUrl(),
      DATABASE_URL: `file:${join(path, 'app.db')}`,
      STORAGE_FOLDER: join(path, 'storage'),
      SESSION_SECRET,
      ADMIN_PASSWORD,
      VAPID_PUBLIC_KEY: vapid.publicKey,
      VAPID_PRIVATE_KEY: vapid.privateKey,
      VAPID_SUBJECT: 'mailto:test@example.com',
      PUSH_ALLOWED_ORIGINS: receiver.origin,
      NODE_EXTRA_CA_CERTS: join(path, 'authority.pem'),
      // A killed worker's jobs are found in seconds.
      WORKER_LOCK_DURATION_MS: '2000',
      WORKER_STALLED_INTERVAL_MS: '1000',
      NEXT_TELEMETRY_DISABLED: '1',
    };
    const folder = mode === 'dev' ? copyOfExample(join(path, 'example')) : FOLDER;
    const app = new ExampleApp(`http://127.0.0.1:${port}`, receiver, { folder, env, remove });
    spawnSync('npm', ['run', 'setup'], { cwd: folder, env: { ...process.env, ...env } });
    const server = SERVERS[mode];
    app.#server = app.#run(process.execPath, server.args, server.env);
    await until('the server', () => app.#output.some((line) => line.includes('Ready')), START_DEADLINE_MS);
    return app;
  }

  /** Starts the worker; resolves once both of its queues are worked on. */
  async startWorker(): Promise<void> {
    const before = this.#output.length;
    this.#worker = this.#run(process.execPath, ['--import', 'tsx', 'worker.ts']);
    const started = () => this.#output.slice(before).filter((text) => text.includes('🚀')).length > 0;
    await until('the worker', started, START_DEADLINE_MS);
  }

  /** Kills the worker with SIGKILL. */
  async killWorker(): Promise<void> {
    await this.#worker?.kill();
  }

  /** What server and workers have printed. */
  get output(): string {
    return this.#output.join('');
  }

  async close(): Promise<void> {
    await Promise.all([this.#server?.stop(), this.#worker?.stop()]);
    await this.receiver.close();
    await this.#removeFolder();
  }

  #run(program: string, args: string[], more: Record<string, string> = {}): OwnedProcess {
    const owned = new OwnedProcess(program, args, { cwd: this.folder, env: { ...this.#env, ...more }, output: 'pipe' });
    for (const stream of owned.output) stream.on('data', (chunk: Buffer) => this.#output.push(chunk.toString('utf8')));
    return owned;
  }
}

/** Copies the example with its packages; files are linked where that can be, so they are to be replaced and not rewritten. */
export function copyOfExample(folder: string): string {
  const link = spawnSync('cp', ['-al', FOLDER, folder]);
  if (link.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    spawnSync('cp', ['-a', FOLDER, folder]);
  }
  rmSync(join(folder, '.next'), { recursive: true, force: true });
  return folder;
}
