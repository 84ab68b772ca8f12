import { once } from 'node:events';
import { performance } from 'node:perf_hooks';

const task = JSON.parse(process.argv[2]);

/** Marks the measured part; CPU is that of this process, native threads included. */
class Meter {
  #cpu;
  #startedAt = 0;

  async begin() {
    process.send({ phase: 'begin' });
    await once(process, 'message');
    globalThis.gc();
    this.#cpu = process.cpuUsage();
    this.#startedAt = performance.now();
  }

  /** Ends the measured part now. */
  end() {
    const elapsedMs = performance.now() - this.#startedAt;
    const { user, system } = process.cpuUsage(this.#cpu);
    return { elapsedMs, cpuMicros: user + system };
  }
}

const { run } = await import(`./workloads/${task.workload}.mjs`);
const { metrics, jobs, close } = await run({ ...task, meter: new Meter() });
process.send({ phase: 'end', metrics, jobs });
await once(process, 'message');
await close();
process.disconnect();
