type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Says what a type is; a wrong claim does not compile. */
interface Typed<Actual> {
  is<Expected>(...mismatch: Equal<Actual, Expected> extends true ? [] : ['is another type']): void;
}

/** The type of a value. */
export function typeOf<T>(value: T): Typed<T> {
  return typesOf(value) as Typed<unknown> as Typed<T>;
}

/** The types of several values, as a tuple. */
export function typesOf<T extends unknown[]>(...values: T): Typed<T> {
  return {
    is: (...mismatch) => {
      if (mismatch.length > 0) throw new TypeError(`one of ${values.length} types differs`);
    },
  };
}
