import type { Job } from '../job';
import { backoffPause } from '../native';
import type { BackoffOptions } from '../options/job-options';
import type { BackoffStrategy } from '../types';

/** Strategies that need no function of the user's, by type: from a delay, ms, and a jitter, 0-1. */
export type BuiltInStrategies = Record<string, (delay: number, jitter?: number) => BackoffStrategy>;

/** Delays between attempts, as workers compute them. */
// BullMQ's shape.
// eslint-disable-next-line @typescript-eslint/no-extraneous-class
export class Backoffs {
  /** Strategies that need no function of the user's. */
  static readonly builtinStrategies: BuiltInStrategies = {
    fixed: (delay, jitter) => strategyOf({ type: 'fixed', delay, jitter }),
    exponential: (delay, jitter) => strategyOf({ type: 'exponential', delay, jitter }),
  };

  /** The full form of an option; `undefined` for none. */
  static normalize(backoff: number | BackoffOptions | undefined): BackoffOptions | undefined {
    return typeof backoff === 'number' ? { type: 'fixed', delay: backoff } : backoff;
  }

  /**
   * The delay before the next attempt, ms; `undefined` without a backoff.
   *
   * @throws `Error` for a type that is not built in and has no strategy.
   */
  // BullMQ's signature.
  // eslint-disable-next-line max-params
  static calculate(
    backoff: BackoffOptions | undefined,
    attemptsMade: number,
    error: Error,
    job: Job,
    strategy?: BackoffStrategy,
  ): Promise<number> | number | undefined {
    if (!backoff) {
      return undefined;
    }
    const { type, delay, jitter } = backoff;
    const builtIn = Backoffs.builtinStrategies[type];
    if (builtIn) {
      return delay === undefined ? undefined : builtIn(delay, jitter)(attemptsMade, type, error, job);
    }
    if (!strategy) {
      // The line break is part of BullMQ's message.
      const advice = '      If a custom backoff strategy is used, specify it when the queue is created.';
      throw new Error(`Unknown backoff strategy ${type}.\n${advice}`);
    }
    return strategy(attemptsMade, type, error, job);
  }
}

function strategyOf(backoff: BackoffOptions): BackoffStrategy {
  return (attemptsMade) => backoffPause(JSON.stringify(backoff), attemptsMade, Math.random()) ?? 0;
}
