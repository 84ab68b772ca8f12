import { constants } from 'node:os';

import type { Worker } from '../worker';
import type { Log } from './log';

/** Signals that ask the process to stop. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Exit code of a process that a signal ended is this plus the signal's number. */
const SIGNAL_EXIT_BASE = 128;

/** `npm run` passes on the Ctrl-C that the terminal has sent to the worker as well: repeats within this time are echoes, ms. */
const ECHO_MS = 500;

/** What is stopped, and how patiently. */
export interface Shutdown {
  /** The workers that are open when the signal comes. */
  workers: () => readonly Worker[];
  /** Lets go of what the processors hold, once no job runs. */
  release: () => Promise<void>;
  /** How long running jobs may go on, ms. */
  timeoutMs: number;
  log: Log;
}

/**
 * Drains the workers at the first signal, then ends the process: with 0 if every running job has ended, with 1 if some had to be
 * handed back to the queue. A second signal ends it at once; its jobs are taken over when their locks run out.
 */
export function drainOnSignal(shutdown: Shutdown): void {
  let firstAt: number | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        void drain(shutdown, signal).then(exit);
      } else if (performance.now() - firstAt > ECHO_MS) {
        process.exit(SIGNAL_EXIT_BASE + constants.signals[signal]);
      }
    });
  }
}

async function drain({ workers, release, timeoutMs, log }: Shutdown, signal: string): Promise<number> {
  const open = workers();
  log.info(`🛑 Worker: ${signal} received, finishing ${runningJobs(open)} running jobs`, { event: 'stopping', signal });
  let handedBack = 0;
  const deadline = setTimeout(() => {
    handedBack = runningJobs(open);
    closeAll(open, { timeout: 0 }).catch(() => undefined);
  }, timeoutMs);
  try {
    await closeAll(open);
    await release();
  } catch (error) {
    log.error(`🛑 Worker: could not close: ${String(error)}`, { event: 'stopped' });
    return 1;
  } finally {
    clearTimeout(deadline);
  }
  if (handedBack > 0) {
    log.warn(`🛑 Worker: stopped, ${handedBack} jobs went back to the queue`, { event: 'stopped', handedBack });
    return 1;
  }
  log.info('🛑 Worker: stopped', { event: 'stopped', handedBack });
  return 0;
}

async function closeAll(workers: readonly Worker[], how?: { timeout: number }): Promise<void> {
  await Promise.all(workers.map((worker) => worker.close(how)));
}

function runningJobs(workers: readonly Worker[]): number {
  return workers.reduce((sum, worker) => sum + worker.health().activeJobs, 0);
}

/** Ends the process once standard output has taken every line. */
function exit(code: number): void {
  process.stdout.write('', () => {
    process.exit(code);
  });
}
