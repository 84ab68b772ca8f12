/** The text of what callers in JavaScript pass where a text belongs: job ids that are numbers, objects as log rows. Nothing is empty. */
export function textOf(value: unknown): string {
  // Unlike `String`, makes no text of `null` and `undefined`.
  return [value].join();
}

/** The number of what callers in JavaScript pass where a number belongs: positions out of a query string. */
export function numberOf(value: unknown): number {
  return Number(value);
}
