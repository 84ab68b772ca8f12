import type { Untyped } from '../types';

/** Size of a text in UTF-8, bytes. */
export function lengthInUtf8Bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Whether an object has no properties of its own. */
export function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}

/** An object from names and values that follow each other. */
export function array2obj(pairs: readonly string[]): Record<string, string> {
  const object: Record<string, string> = {};
  for (let at = 0; at < pairs.length; at += 2) {
    object[pairs[at] as string] = pairs[at + 1] as string;
  }
  return object;
}

/** Names and values of an object, following each other; those that are `undefined` are left out. */
export function objectToFlatArray(object: Record<string, Untyped>): string[] {
  return Object.entries(object).flatMap(([name, value]) => (value === undefined ? [] : [name, value as string]));
}

/** An object's values as names and its names as values. */
export function invertObject(object: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [value, name]));
}

/** An object whose values are the parsed JSON texts of another. */
export function parseObjectValues(object: Record<string, string>): Record<string, Untyped> {
  return Object.fromEntries(Object.entries(object).map(([name, text]) => [name, JSON.parse(text) as unknown]));
}

/** An object without what is `undefined` in another. */
export function removeUndefinedFields<T extends Record<string, Untyped>>(object: Record<string, Untyped>): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
