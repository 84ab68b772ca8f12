import { createInterface } from 'node:readline';

import { OwnedProcess } from '../../scripts/servers/owned-process.cjs';
import { until } from './until';

const STOP_DEADLINE_MS = 45_000;

/** A Node process of the test's own, with what it printed. */
export class LineProcess {
  /** What it wrote to standard output so far. */
  readonly lines: string[] = [];
  /** What it wrote to standard error so far. */
  readonly errors: string[] = [];
  readonly #process: OwnedProcess;
  readonly #ended: Promise<unknown>;
  #hasToldAll = false;

  /** Starts `node` with these arguments and variables. */
  constructor(args: string[], env: Record<string, string>) {
    this.#process = new OwnedProcess(process.execPath, args, { env, output: 'pipe' });
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
    this.#ended = Promise.all(ends).then(() => (this.#hasToldAll = true));
  }

  /** Waits for a line that contains `part`. */
  async line(part: string, deadlineMs?: number): Promise<string> {
    const find = () => {
      const found = this.lines.find((line) => line.includes(part));
      if (found === undefined && this.#hasToldAll) {
        throw new Error(`the process has ended without "${part}": ${[...this.lines, ...this.errors].join('\n')}`);
      }
      return found;
    };
    return until(`the line "${part}" in:\n${this.lines.join('\n')}`, find, deadlineMs);
  }

  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  /** Waits for its end by itself; the exit code or signal. */
  async exit(): Promise<number | string> {
    await this.#ended;
    return this.#process.exit;
  }

  /** Sends SIGTERM; the exit code or signal. What it still has to do may take as long as a test waits for anything. */
  async stop(): Promise<number | string> {
    const code = await this.#process.stop(STOP_DEADLINE_MS);
    await this.#ended;
    return code;
  }

  /** Sends SIGKILL. */
  async kill(): Promise<void> {
    await this.#process.kill();
    await this.#ended;
  }
}
