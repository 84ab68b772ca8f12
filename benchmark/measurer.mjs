import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { runPeer } from './peer-process.mjs';
import { RedisCost } from './redis-cost.mjs';
import { startDelayedRedis } from './surroundings/delayed-redis.mjs';
import { preload } from './surroundings/preload.mjs';
import { startPushService } from './surroundings/push-service.mjs';
import { Snapshots } from './surroundings/snapshots.mjs';

const QUEUE = 'bench';

/** Runs workloads in fresh processes and keeps what they measured. */
export class Measurer {
  /** case id -> peer -> one object of metrics per run */
  results = new Map();
  #redis;
  #snapshots;
  #port;
  #smoke;

  constructor(url, { smoke }) {
    this.#port = Number(new URL(url).port);
    this.#smoke = smoke;
    this.#redis = new Redis(url);
    this.#snapshots = new Snapshots(this.#redis);
  }

  /** Measures one case of one peer once. Throws when its results are wrong. */
  async measure(benchmark, peer) {
    const folder = await mkdtemp(join(tmpdir(), 'synapse-bench-'));
    const task = {
      workload: benchmark.workload,
      peer,
      params: this.#smoke ? benchmark.smoke : benchmark.params,
      connection: { host: '127.0.0.1', port: this.#port },
      queue: QUEUE,
      folder,
    };
    const open = [];
    try {
      await this.#fill(benchmark, task);
      const metrics = await this.#measureIn(benchmark, task, open);
      this.#keep(benchmark, peer, metrics);
    } finally {
      for (const server of open) await server.close();
      await rm(folder, { recursive: true, force: true });
    }
  }

  async close() {
    await this.#redis.quit();
  }

  /** What is in the queue beforehand. */
  async #fill({ fill, smokeFill, preload: opts }, task) {
    // The garbage that the scripts of one peer leave in Lua is not collected in the time of the next.
    await this.#redis.script('FLUSH', 'SYNC');
    const counts = this.#smoke ? (smokeFill ?? fill) : fill;
    if (counts) return this.#snapshots.restore(QUEUE, counts);
    await this.#redis.flushall();
    if (opts) await preload(task, opts);
  }

  async #measureIn({ delayMs, receiver }, task, open) {
    let { connection } = task;
    if (delayMs) {
      const proxy = await startDelayedRedis(this.#port, delayMs);
      open.push(proxy);
      connection = { ...connection, port: proxy.port };
    }
    const service = receiver ? await startPushService(task.folder) : undefined;
    if (service) open.push(service);
    const cost = new RedisCost(this.#redis);
    const metrics = await runPeer({ ...task, connection }, { cost, env: service?.env });
    service?.verify(metrics.messages);
    return metrics;
  }

  #keep({ id }, peer, metrics) {
    const byPeer = this.results.get(id) ?? new Map();
    byPeer.set(peer, [...(byPeer.get(peer) ?? []), metrics]);
    this.results.set(id, byPeer);
  }
}
