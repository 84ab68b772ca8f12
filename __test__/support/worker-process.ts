import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { OwnedProcess } from '../../scripts/servers/owned-process.cjs';
import { until } from './until';

const CLI = join(__dirname, '..', '..', 'dist', 'cli', 'index.js');

/** Variables that a test must not inherit from the developer's shell. */
const UNSET = {
  DATABASE_URL: '',
  LOG_FORMAT: '',
  LOG_LEVEL: '',
  PUBLIC_BASE_URL: '',
  REDIS_URL: '',
  STORAGE_URL: '',
  VAPID_PUBLIC_KEY: '',
  WORKER_QUEUES: '',
};

/** The `synapse-queue` command as a process of its own. */
export class CommandProcess {
  /** What it wrote to standard output so far. */
  readonly lines: string[] = [];
  /** What it wrote to standard error so far. */
  readonly errors: string[] = [];
  readonly #process: OwnedProcess;
  readonly #ended: Promise<unknown>;

  constructor(args: string[], env: Record<string, string>) {
    this.#process = new OwnedProcess(process.execPath, [CLI, ...args], { env: { ...UNSET, ...env }, output: 'pipe' });
    const [stdout, stderr] = this.#process.output;
    if (!stdout || !stderr) throw new Error('the output is piped');
    const ends = (
      [
        [stdout, this.lines],
        [stderr, this.errors],
      ] as const
    ).map(([input, lines]) => {
      const reader = createInterface({ input });
      reader.on('line', (line) => lines.push(line));
      return new Promise((resolve) => reader.once('close', resolve));
    });
    this.#ended = Promise.all(ends);
  }

  /** Starts a worker and waits until it is connected. */
  static async startWorker(env: Record<string, string>, ...args: string[]): Promise<CommandProcess> {
    const worker = new CommandProcess(['worker', ...args], env);
    await worker.line('🚀');
    return worker;
  }

  /** Waits for a line that contains `part`. */
  async line(part: string, deadlineMs?: number): Promise<string> {
    const find = () => {
      const found = this.lines.find((line) => line.includes(part));
      if (found === undefined && !this.isRunning) {
        throw new Error(`the command has ended without "${part}": ${[...this.lines, ...this.errors].join('\n')}`);
      }
      return found;
    };
    return until(`the line "${part}" in:\n${this.lines.join('\n')}`, find, deadlineMs);
  }

  /** Entries of the JSON log format, those of one event. */
  entries(event: string): Record<string, unknown>[] {
    const entries = this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    return entries.filter((entry) => entry['event'] === event);
  }

  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  /** Waits for its end by itself; the exit code or signal. */
  async exit(): Promise<number | string> {
    await this.#ended;
    return this.#process.exit;
  }

  /** Sends SIGTERM; the exit code or signal. */
  async stop(): Promise<number | string> {
    const code = await this.#process.stop();
    await this.#ended;
    return code;
  }

  /** Sends SIGKILL. */
  async kill(): Promise<void> {
    await this.#process.kill();
    await this.#ended;
  }
}
