import * as fc from 'fast-check';

import { thrownBy } from '../scenario';
import type { Stage } from './stage';

/** One call with its arguments, to be made on both sides. */
export class Call {
  readonly #text: string;
  readonly #make: (stage: Stage) => Promise<unknown>;

  constructor(text: string, make: (stage: Stage) => Promise<unknown>) {
    this.#text = text;
    this.#make = make;
  }

  /** What the call returned or threw. */
  async make(stage: Stage): Promise<unknown> {
    let value: unknown;
    const error = await thrownBy(async () => {
      value = await this.#make(stage);
    });
    return error === null ? { value } : { error };
  }

  toString(): string {
    return this.#text;
  }

  [fc.toStringMethod](): string {
    return this.#text;
  }
}

/** A kind of call; it is made `weight` times as often as one of weight 1. */
export interface Operation {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Call>;
}

/** Describes a kind of call by its arguments and what is done with them. */
export function operation<Parameters>(
  name: string,
  weight: number,
  parameters: fc.Arbitrary<Parameters>,
  make: (stage: Stage, parameters: Parameters) => Promise<unknown>,
): Operation {
  const arbitrary = parameters.map(
    (given) => new Call(`${name} ${fc.stringify(given)}`, (stage) => make(stage, given)),
  );
  return { weight, arbitrary };
}

/** Names a job, whatever jobs there are: `pick` wraps around. */
export const index: fc.Arbitrary<number> = fc.nat({ max: 40 });

/** A call that takes no arguments. */
export const nothing: fc.Arbitrary<null> = fc.constant(null);
