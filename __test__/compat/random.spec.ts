import * as fc from 'fast-check';

import { FrozenDate } from './frozen-date';
import { sequences } from './random';
import type { Call } from './random/operation';
import { Stage } from './random/stage';
import { observe, type Observation } from './runner';
import type { Scenario } from './scenario';
import { reference, subject } from './side';

/** Sequences per run. */
const SEQUENCES = Number(process.env['SYNAPSE_RANDOM_SEQUENCES'] ?? 60);
/** The sequences that a change must pass; other seeds explore (CONTRIBUTING.md). */
const SEED = Number(process.env['SYNAPSE_RANDOM_SEED'] ?? 20_261_124);
/** The one sequence of a seed that is to be repeated, as fast-check names it in its report. */
const PATH = process.env['SYNAPSE_RANDOM_PATH'];
const MS_PER_SEQUENCE = 5_000;

/** A scenario that makes the calls one after another. */
function scenarioOf(calls: readonly Call[]): Scenario {
  return {
    name: 'random calls',
    async *script(world) {
      const stage = new Stage(world);
      for (const call of calls) yield [String(call), await call.make(stage)];
    },
  };
}

/** Fails with the call that made the difference. */
function compare(step: Record<'reference' | 'subject', Observation | undefined>, calls: readonly Call[]): void {
  try {
    expect(step.subject).toEqual(step.reference);
  } catch (error) {
    const at = step.reference?.step ?? 0;
    throw new Error(`step ${at}, ${String(calls[at - 1])}: ${(error as Error).message}`, { cause: error });
  }
}

describe(`random calls leave the state that they leave in bullmq (seed ${SEED})`, () => {
  beforeAll(() => {
    FrozenDate.install();
  });
  afterAll(() => {
    FrozenDate.uninstall();
  });

  test(
    `${SEQUENCES} sequences`,
    async () => {
      const property = fc.asyncProperty(sequences, async (calls) => {
        const made = calls.filter((call) => call !== null);
        for await (const step of observe(scenarioOf(made), { reference, subject })) compare(step, made);
      });
      // A sequence that shows a difference is shortened for as long as there is time.
      const bounds = { interruptAfterTimeLimit: SEQUENCES * MS_PER_SEQUENCE * 0.8, markInterruptAsFailure: true };
      await fc.assert(property, { numRuns: SEQUENCES, seed: SEED, ...bounds, ...(PATH && { path: PATH }) });
      expect.hasAssertions();
    },
    SEQUENCES * MS_PER_SEQUENCE,
  );
});
