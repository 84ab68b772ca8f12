import type { QueueOptions } from 'bullmq';

import type { World } from './world';

/**
 * What a user does, written once for both libraries.
 *
 * At every `yield` the runner compares the value, everything the queue has in Redis, and its event stream.
 */
export type Script = (world: World) => AsyncGenerator<unknown, void, void>;

/** A named script; `queue` are the options of the queue it works on. */
export interface Scenario {
  readonly name: string;
  readonly queue?: Partial<QueueOptions>;
  readonly script: Script;
}

/** Scenarios of one section, named `<section>: <what happens>`. */
export function section(title: string, scripts: Record<string, Script>, queue?: Partial<QueueOptions>): Scenario[] {
  return Object.entries(scripts).map(([name, script]) => ({
    name: `${title}: ${name}`,
    script,
    ...(queue && { queue }),
  }));
}

/** What a call threw, or `null` if it went through. */
export async function thrownBy(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (error) {
    return error;
  }
}

/** Waits, without a bound of its own, until something is so. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 1));
}
