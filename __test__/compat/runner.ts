import { Comparable } from './comparable';
import { readKeyspace } from './keyspace';
import { OpenSockets } from './open-sockets';
import type { Scenario } from './scenario';
import type { Side } from './side';
import { World } from './world';

/** Time that passes for a scenario at each of its steps, ms. */
const STEP_MS = 1000;

/** Keys that hold what a script call answered, for a minute: the documented addition to BullMQ's state. */
const CALL_KEY = /^(?:[^:]+:)+call:/;

/** What one side shows after a step. */
export interface Observation {
  readonly step: number;
  readonly outcome: unknown;
  readonly keyspace: Record<string, unknown>;
}

/** One side's way through a scenario. */
class Run {
  readonly #world: World;
  readonly #steps: AsyncGenerator<unknown, void, void>;
  readonly #comparable: Comparable;

  private constructor(world: World, scenario: Scenario) {
    this.#world = world;
    this.#steps = scenario.script(world);
    this.#comparable = new Comparable(world.prefix);
  }

  static async start(side: Side, scenario: Scenario): Promise<Run> {
    return new Run(await World.create(side, scenario.queue), scenario);
  }

  /** Takes one step; `undefined` after the last. An error that the scenario does not expect is thrown. */
  async next(step: number): Promise<Observation | undefined> {
    this.#world.clock.advance(STEP_MS);
    const { done, value } = await this.#steps.next();
    if (done === true) return undefined;
    return { step, outcome: this.#comparable.of(value), keyspace: await this.#keyspace() };
  }

  end(): Promise<void> {
    return this.#world.destroy();
  }

  async #keyspace(): Promise<Record<string, unknown>> {
    const keys = await readKeyspace(this.#world.redis, this.#world.prefix);
    const shown = [...keys].filter(
      ([name]) => !CALL_KEY.test(name) && !(this.#world.hasFetched && name.endsWith(':marker')),
    );
    return Object.fromEntries(
      shown.map(([name, key]) => [String(this.#comparable.of(name)), this.#comparable.key(key)]),
    );
  }
}

/**
 * Runs a scenario through both sides in lockstep; hands out what each shows after each step.
 *
 * @throws after the last step if the scenario leaves connections open.
 */
export async function* observe(
  scenario: Scenario,
  sides: { reference: Side; subject: Side },
): AsyncGenerator<{ reference: Observation | undefined; subject: Observation | undefined }> {
  const runs: Run[] = [];
  const sockets = new OpenSockets();
  try {
    for (const side of [sides.reference, sides.subject]) runs.push(await Run.start(side, scenario));
    for (let step = 1; ; step += 1) {
      const [reference, subject] = [await runs[0]?.next(step), await runs[1]?.next(step)];
      if (reference === undefined && subject === undefined) break;
      yield { reference, subject };
    }
  } finally {
    for (const run of runs) await run.end();
  }
  await sockets.untilGone();
}
