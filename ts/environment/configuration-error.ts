import { QueueError } from '../errors';

/** A setting that cannot work; its message names the setting and says what was expected. */
export class ConfigurationError extends QueueError {
  readonly code = 'INVALID_CONFIGURATION';

  /** @internal `expected` completes the sentence "`VARIABLE` must be ...". */
  static of(variable: string, expected: string, cause?: unknown): ConfigurationError {
    return new ConfigurationError(`${variable} must be ${expected}`, { cause });
  }
}
