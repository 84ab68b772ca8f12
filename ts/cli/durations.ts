import { InvalidArgumentError } from 'commander';
import ms from 'ms';

/** A time that a user types: milliseconds, or with a unit as in 30s, 15m, 2h, 7d. */
export function parseDuration(text: string): number {
  const isTime = /^\d+(\.\d+)?\s*[a-z]*$/i.test(text);
  const duration = isTime ? (ms as (text: string) => number | undefined)(text) : undefined;
  if (duration === undefined || !Number.isFinite(duration)) {
    throw new InvalidArgumentError('expected milliseconds, or a time such as 30s, 15m, 2h or 7d');
  }
  return Math.round(duration);
}

/** A whole number, at least `min`. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(number >= min && number <= Number.MAX_SAFE_INTEGER)) {
      throw new InvalidArgumentError(`expected a whole number of at least ${min}`);
    }
    return number;
  };
}

/** A time for people: 850ms, 12s, 3h. */
export function durationText(duration: number): string {
  return ms(Math.round(duration));
}
