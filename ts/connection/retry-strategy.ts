import type { RedisOptions } from '../options/connection-options';

type Strategy = NonNullable<RedisOptions['retryStrategy']>;

const numbers = new WeakMap<Strategy, number>();
let count = 0;

/** The same number for the same function; `undefined` for none. */
export function strategyNumber(strategy: Strategy | undefined): number | undefined {
  if (typeof strategy !== 'function') {
    return undefined;
  }
  const number = numbers.get(strategy) ?? (count += 1);
  numbers.set(strategy, number);
  return number;
}

/** The strategy as the engine asks it: a pause in ms, or `null` to give up, also when the strategy throws. */
export function toNativeStrategy(strategy: Strategy | undefined): ((times: number) => number | null) | undefined {
  if (typeof strategy !== 'function') {
    return undefined;
  }
  return (times) => {
    try {
      const pause = strategy(times);
      return typeof pause === 'number' && !Number.isNaN(pause) ? pause : null;
    } catch {
      return null;
    }
  };
}
