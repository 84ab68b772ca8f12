import { say } from '../scripts/setup/terminal.mjs';

/** Commands that take longer than this are looked at, µs. */
const LOOKED_AT_MICROS = 500;
const KEPT = 100_000;
/** Whatever holds Redis longer than this is named, ms. */
const NAMED_MS = 5;

/** What a measured part costs Redis. */
export class RedisCost {
  #redis;
  #cpuBefore = 0;

  constructor(redis) {
    this.#redis = redis;
  }

  async begin() {
    await this.#redis.config('SET', 'slowlog-log-slower-than', LOOKED_AT_MICROS, 'slowlog-max-len', KEPT);
    await this.#redis.call('SLOWLOG', 'RESET');
    this.#cpuBefore = await this.#cpuMicros();
  }

  /** CPU per job, µs, and the longest command or script, ms (0 when below half a millisecond). */
  async end(jobs) {
    const redisCpu = ((await this.#cpuMicros()) - this.#cpuBefore) / jobs;
    const slow = await this.#redis.call('SLOWLOG', 'GET', -1);
    const longest = slow.map(([, , micros, words]) => ({ ms: micros / 1000, words })).sort((a, b) => b.ms - a.ms)[0];
    if (longest?.ms > NAMED_MS)
      say(`held Redis for ${longest.ms.toFixed(1)} ms: ${longest.words.slice(0, 4).join(' ')}`);
    return { redisCpu, longestScript: longest?.ms ?? 0 };
  }

  async #cpuMicros() {
    const info = await this.#redis.info('cpu');
    const seconds = ['used_cpu_sys', 'used_cpu_user'].map((name) => Number(info.match(`${name}:([0-9.]+)`)?.[1]));
    return seconds.reduce((sum, value) => sum + value, 0) * 1e6;
  }
}
