import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

const QUEUE = 'bench';
const PRELOAD_BULK = 1000;
const CHILD = join(import.meta.dirname, 'child.mjs');
const CHILD_DEADLINE_MS = 180_000;

/** Runs workloads in fresh processes and keeps what they measured. */
export class Measurer {
  /** case id -> peer -> one object of metrics per run */
  results = new Map();
  #redis;
  #url;
  #smoke;

  constructor(url, { smoke }) {
    this.#url = url;
    this.#smoke = smoke;
    this.#redis = new Redis(url);
  }

  /** Measures one case of one peer once. Throws when its results are wrong. */
  async measure(benchmark, peer) {
    const params = this.#smoke ? benchmark.smoke : benchmark.params;
    const folder = await mkdtemp(join(tmpdir(), 'synapse-bench-'));
    try {
      await this.#redis.flushall();
      if (benchmark.preload) await this.#preload(params);
      const metrics = await this.#runChild({
        workload: benchmark.workload,
        peer,
        params,
        url: this.#url,
        queue: QUEUE,
        folder,
      });
      this.#keep(benchmark, peer, metrics);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async close() {
    await this.#redis.quit();
  }

  /** Both peers find the very same jobs. */
  async #preload({ jobs, payloadBytes }) {
    const { port } = new URL(this.#url);
    const queue = new Queue(QUEUE, { connection: { host: '127.0.0.1', port: Number(port) } });
    const text = 'x'.repeat(payloadBytes);
    for (let first = 0; first < jobs; first += PRELOAD_BULK) {
      const numbers = Array.from({ length: Math.min(PRELOAD_BULK, jobs - first) }, (_, i) => first + i);
      await queue.addBulk(numbers.map((i) => ({ name: 'job', data: payloadBytes > 0 ? { i, text } : { i } })));
    }
    await queue.close();
  }

  /** The child says when its measured part begins and ends, so that the Redis CPU of that part is known. */
  async #runChild(task) {
    const child = fork(CHILD, [JSON.stringify(task)], { execArgv: ['--expose-gc'] });
    let redisCpuBefore = 0;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), CHILD_DEADLINE_MS);
      let metrics;
      child.on('message', (message) => {
        this.#redisCpuMicros()
          .then((redisCpu) => {
            if (message.phase === 'begin') redisCpuBefore = redisCpu;
            else metrics = { ...message.metrics, redisCpu: (redisCpu - redisCpuBefore) / message.jobs };
            child.send('go on');
          })
          .catch(reject);
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        if (code === 0 && metrics) resolve(metrics);
        else reject(new Error(`${task.peer} did not finish ${JSON.stringify(task.params)} (${signal ?? code})`));
      });
    });
  }

  async #redisCpuMicros() {
    const info = await this.#redis.info('cpu');
    const seconds = ['used_cpu_sys', 'used_cpu_user'].map((name) => Number(info.match(`${name}:([0-9.]+)`)?.[1]));
    return seconds.reduce((sum, value) => sum + value, 0) * 1e6;
  }

  #keep({ id }, peer, metrics) {
    const byPeer = this.results.get(id) ?? new Map();
    byPeer.set(peer, [...(byPeer.get(peer) ?? []), metrics]);
    this.results.set(id, byPeer);
  }
}
