import { say } from '../scripts/setup/terminal.mjs';

/** Commands that take longer than this are looked at, µs. */
const LOOKED_AT_MICROS = 500;
const KEPT = 100_000;
/** Whatever holds Redis longer than this is named, ms. */
const NAMED_MS = 5;

/** What a measured part costs Redis. */
export class RedisCost {
  #redis;
  #before = { cpu: 0, commands: 0 };

  constructor(redis) {
    this.#redis = redis;
  }

  async begin() {
    await this.#redis.config('SET', 'slowlog-log-slower-than', LOOKED_AT_MICROS, 'slowlog-max-len', KEPT);
    await this.#redis.call('SLOWLOG', 'RESET');
    this.#before = await this.#used();
  }

  /**
   * CPU per job, µs; commands per job, those inside scripts included; and the longest command or script, ms (0 when below half a
   * millisecond).
   */
  async end(jobs) {
    const used = await this.#used();
    const redisCpu = (used.cpu - this.#before.cpu) / jobs;
    const redisCommands = (used.commands - this.#before.commands) / jobs;
    const slow = await this.#redis.call('SLOWLOG', 'GET', -1);
    const longest = slow.map(([, , micros, words]) => ({ ms: micros / 1000, words })).sort((a, b) => b.ms - a.ms)[0];
    if (longest?.ms > NAMED_MS)
      say(`held Redis for ${longest.ms.toFixed(1)} ms: ${longest.words.slice(0, 4).join(' ')}`);
    return { redisCpu, redisCommands, longestScript: longest?.ms ?? 0 };
  }

  /** CPU time, µs, and commands since the server started. */
  async #used() {
    const info = await this.#redis.info('all');
    const number = (name) => Number(info.match(`${name}:([0-9.]+)`)?.[1]);
    const cpu = (number('used_cpu_sys') + number('used_cpu_user')) * 1e6;
    return { cpu, commands: number('total_commands_processed') };
  }
}
