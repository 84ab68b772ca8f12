import { createInterface } from 'node:readline';

import { OwnedProcess } from '../servers/owned-process.cjs';

/** Matches the line that a worker prints once it takes jobs. */
const READY = /^🚀 /u;

/**
 * `npm run worker` as a process of its own; what it logs is shown as it is.
 *
 * @param {Record<string, string>} env
 */
export class WorkerProcess {
  #process;
  #ready;

  constructor(env) {
    this.#process = new OwnedProcess('npm', ['run', '--silent', 'worker'], { env, output: 'pipe' });
    this.#ready = new Promise((resolve) => {
      for (const stream of this.#process.output) {
        createInterface({ input: stream }).on('line', (line) => {
          process.stdout.write(`${line}\n`);
          if (READY.test(line)) resolve();
        });
      }
    });
  }

  /** Resolves to what `work` gives; rejects when the worker ends before that. */
  async during(work) {
    const ended = this.#process.exit.then((code) => {
      throw new Error(`the worker ended with ${code} before its jobs did`);
    });
    return Promise.race([work, ended]);
  }

  /** Resolves once the worker takes jobs. */
  ready() {
    return this.during(this.#ready);
  }

  /** Lets the worker finish its jobs and end; resolves to its exit code. */
  stop() {
    return this.#process.stop();
  }
}
