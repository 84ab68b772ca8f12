import { ConfigurationError } from './configuration-error';

/** Bounds of a whole number. */
export interface IntegerRange {
  min: number;
  max: number;
}

/** Typed access to environment variables. An empty variable counts as absent. */
export class Environment {
  constructor(private readonly variables: Readonly<Record<string, string | undefined>>) {}

  /** The first of the variables that is set. */
  text(...names: readonly string[]): string | undefined {
    return names.map((name) => this.variables[name]).find((value) => value !== undefined && value !== '');
  }

  /** A whole number. */
  integer(name: string, range: IntegerRange, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) {
      return fallback;
    }
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(number >= range.min && number <= range.max)) {
      throw ConfigurationError.of(name, `a whole number from ${range.min} to ${range.max}, got \`${text}\``);
    }
    return number;
  }

  /** One of a few words. */
  choice<Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice {
    const text = this.text(name);
    if (text === undefined) {
      return fallback;
    }
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) {
      throw ConfigurationError.of(name, `one of ${choices.join(', ')}; got \`${text}\``);
    }
    return choice;
  }

  /** `true` or `false`. */
  flag(name: string, fallback: boolean): boolean {
    return this.choice(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  /** Words between commas. */
  list(name: string): string[] {
    const words = (this.text(name) ?? '').split(',').map((word) => word.trim());
    return words.filter((word) => word !== '');
  }
}

/** The variables of this process, as they are now. */
export function processEnvironment(): Environment {
  return new Environment(process.env);
}
