import type { Environment } from './environment';
import { readExtraAuthorities } from './processor-settings';

/** @internal The authorities that code gives, or else those of the environment, as native code reads them. */
export function authoritiesOf(given: string | Uint8Array | undefined, environment: Environment): { extraCa?: string } {
  const extraCa = given === undefined ? readExtraAuthorities(environment) : Buffer.from(given).toString('utf8');
  return extraCa === undefined ? {} : { extraCa };
}
