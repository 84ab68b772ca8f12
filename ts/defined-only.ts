type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The options that were given: native code tells an absent one from `undefined`. */
export function definedOnly<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<T>;
}
