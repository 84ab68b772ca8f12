import * as fc from 'fast-check';

import { adding } from './adding';
import { deduplication } from './deduplication';
import { flows } from './flows';
import { maintaining } from './maintaining';
import { managing } from './managing';
import type { Call, Operation } from './operation';
import { scheduling } from './scheduling';
import { working } from './working';

/** Operations per sequence. */
const LENGTH = 40;

/** Every kind of call that a random run may make; further sections join here. */
const operations: readonly Operation[] = [
  ...adding,
  ...deduplication,
  ...flows,
  ...scheduling,
  ...working,
  ...managing,
  ...maintaining,
];

/**
 * Sequences of random calls. When one shows a difference, its calls are left out one by one (`null`) as long as the difference
 * stays, so that a short sequence is reported.
 */
export const sequences: fc.Arbitrary<(Call | null)[]> = fc.array(
  fc.option(fc.oneof(...operations), { freq: 10_000, nil: null }),
  { minLength: LENGTH, maxLength: LENGTH },
);
