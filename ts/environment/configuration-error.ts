/** A setting that cannot work; the program ends with one line that names it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  /** `expected` completes the sentence "`VARIABLE` must be ...". */
  static of(variable: string, expected: string, cause?: unknown): ConfigurationError {
    return new ConfigurationError(`${variable} must be ${expected}`, { cause });
  }
}
