import { createInterface } from 'node:readline';

import { OwnedProcess } from '../servers/owned-process.cjs';

/**
 * `npm run worker` as a process of its own; what it logs is shown as it is.
 *
 * @param {Record<string, string>} env
 */
export class WorkerProcess {
  #process;
  #lines = [];
  #onLine = () => {};

  constructor(env) {
    this.#process = new OwnedProcess('npm', ['run', '--silent', 'worker'], { env, output: 'pipe' });
    for (const stream of this.#process.output) {
      createInterface({ input: stream }).on('line', (line) => {
        process.stdout.write(`${line}\n`);
        this.#lines.push(line);
        this.#onLine();
      });
    }
  }

  /** Resolves once the worker has printed this many lines that match; rejects when it ends before that. */
  printed(pattern, count = 1) {
    const printed = new Promise((resolve) => {
      this.#onLine = () => {
        if (this.#lines.filter((line) => pattern.test(line)).length >= count) resolve();
      };
      this.#onLine();
    });
    return this.during(printed);
  }

  /** Resolves to what `work` gives; rejects when the worker ends before that. */
  async during(work) {
    const ended = this.#process.exit.then((code) => {
      throw new Error(`the worker ended with ${code} before its jobs did`);
    });
    return Promise.race([work, ended]);
  }

  /** Lets the worker finish its jobs and end; resolves to its exit code. */
  stop() {
    return this.#process.stop();
  }
}
