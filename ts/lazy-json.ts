/** A value that arrived as JSON text and is parsed when it is first looked at. */
export class LazyJson<T> {
  private constructor(
    private text: string | undefined,
    private value: T | undefined,
    private readonly decode: (text: string) => T,
  ) {}

  /** A value known already. */
  static of<T>(value: T): LazyJson<T> {
    return new LazyJson<T>(undefined, value, parse);
  }

  /** A value still in its text; `decode` replaces `JSON.parse` where the stored form differs. */
  static parsing<T>(text: string, decode: (text: string) => T = parse): LazyJson<T> {
    return new LazyJson<T>(text, undefined, decode);
  }

  /**
   * The value.
   *
   * @throws `SyntaxError` if the text is no JSON.
   */
  get(): T {
    if (this.text !== undefined) {
      this.value = this.decode(this.text);
      this.text = undefined;
    }
    return this.value as T;
  }

  /** The JSON text, if nobody has looked at the value: what was looked at may have been changed. */
  untouchedText(): string | undefined {
    return this.text;
  }
}

function parse<T>(text: string): T {
  return JSON.parse(text) as T;
}
