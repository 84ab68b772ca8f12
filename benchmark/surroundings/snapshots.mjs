import { fillQueue } from './fill.mjs';

/**
 * Queues that are filled once and loaded before each measurement, so that every peer finds the very same million jobs.
 *
 * The server must allow DEBUG and a change of `dbfilename`: see {@link SNAPSHOT_OPTIONS}.
 */
export class Snapshots {
  #redis;
  #saved = new Set();

  constructor(redis) {
    this.#redis = redis;
  }

  /** Leaves nothing in Redis but a queue with this many jobs per state. */
  async restore(queue, counts) {
    const name = Object.entries(counts).flat().join('-');
    await this.#redis.config('SET', 'dbfilename', `${name}.rdb`);
    if (!this.#saved.has(name)) {
      await this.#redis.flushall();
      await fillQueue(this.#redis, queue, counts);
      await this.#redis.save();
      this.#saved.add(name);
    }
    // Also what was filled just now: memory is laid out differently by writing and by loading, and costs differ with it.
    await this.#redis.call('DEBUG', 'RELOAD', 'NOSAVE');
  }
}

/** Options of a Redis server that {@link Snapshots} works with. */
export const SNAPSHOT_OPTIONS = { 'enable-debug-command': 'local', 'enable-protected-configs': 'local' };
