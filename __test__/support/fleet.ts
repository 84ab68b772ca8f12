import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { LineProcess } from './line-process';
import { redisUrl } from './redis';

const WORKER = join(__dirname, '..', 'fixtures', 'fleet-worker.cjs');
const LIBRARIES = ['bullmq', join(__dirname, '..', '..', 'index.js')];
const WORKERS = 4;
const RESTART_INTERVAL_MS = 400;

/** Two worker processes of bullmq and two of ours on one queue, restarted at random. */
export class Fleet {
  /** How often a worker was killed, and how often it was asked to end. */
  readonly restarts = { killed: 0, stopped: 0 };
  readonly #env: Record<string, string>;
  readonly #workers: LineProcess[];
  #chaos: Promise<void> | undefined;
  #isEnding = false;

  constructor(queue: string, prefix: string) {
    this.#env = { REDIS_URL: redisUrl(), FLEET_QUEUE: queue, FLEET_PREFIX: prefix };
    this.#workers = Array.from({ length: WORKERS }, (_, index) => this.#start(index));
  }

  /** Restarts a random worker again and again, every other time with SIGKILL. */
  unsettle(): void {
    this.#chaos = this.#restartUntilTheEnd();
  }

  /** Ends the restarts and asks all workers to end; their exit codes. */
  async close(): Promise<(number | string)[]> {
    this.#isEnding = true;
    await this.#chaos;
    return Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  async #restartUntilTheEnd(): Promise<void> {
    while (!this.#isEnding) {
      await sleep(RESTART_INTERVAL_MS);
      const index = randomInt(WORKERS);
      // On a slow machine none would ever get to a job if they were restarted before they had begun.
      await this.#workers[index]?.line('ready');
      const isKilled = this.restarts.killed === this.restarts.stopped;
      await (isKilled ? this.#workers[index]?.kill() : this.#workers[index]?.stop());
      this.restarts[isKilled ? 'killed' : 'stopped'] += 1;
      this.#workers[index] = this.#start(index);
    }
  }

  #start(index: number): LineProcess {
    const library = LIBRARIES[index % LIBRARIES.length] ?? '';
    const env = { ...this.#env, FLEET_LIBRARY: library, FLEET_NAME: `worker-${index}` };
    return new LineProcess([WORKER], env);
  }
}
