import { EngineError } from '../errors';

/** Where a setting comes from: the option of a processor, or else a variable. */
interface Source {
  option: string;
  variable: string;
}

/** Where a wrong setting comes from, by the code of the error that it leads to. */
const SOURCES: Readonly<Record<string, Source>> = {
  DATABASE_ERROR: { option: 'stores', variable: 'DATABASE_URL' },
  DATABASE_TOO_NEW: { option: 'stores', variable: 'DATABASE_URL' },
  FILE_UNWRITABLE: { option: 'storage', variable: 'STORAGE_URL' },
  INVALID_CERTIFICATES: { option: 'extraCa', variable: 'NODE_EXTRA_CA_CERTS' },
  INVALID_DATABASE_URL: { option: 'stores', variable: 'DATABASE_URL' },
  INVALID_EMAIL_FROM: { option: 'from', variable: 'EMAIL_FROM' },
  INVALID_PUBLIC_BASE_URL: { option: 'publicBaseUrl', variable: 'PUBLIC_BASE_URL' },
  INVALID_SMTP_URL: { option: 'url', variable: 'SMTP_URL' },
  INVALID_STORAGE_URL: { option: 'storage', variable: 'STORAGE_URL' },
  INVALID_VAPID_PRIVATE_KEY: { option: 'vapid', variable: 'VAPID_PRIVATE_KEY' },
  INVALID_VAPID_PUBLIC_KEY: { option: 'vapid', variable: 'VAPID_PUBLIC_KEY' },
  INVALID_VAPID_SUBJECT: { option: 'vapid', variable: 'VAPID_SUBJECT' },
  UNSUPPORTED_DATABASE: { option: 'stores', variable: 'DATABASE_URL' },
  UNSUPPORTED_STORAGE: { option: 'storage', variable: 'STORAGE_URL' },
  VAPID_KEYS_DO_NOT_MATCH: { option: 'vapid', variable: 'VAPID_PRIVATE_KEY' },
};

/** @internal The variable that is to blame for an error where everything comes from the environment. */
export function variableToBlame(error: unknown): string | undefined {
  return sourceOf(error)?.variable;
}

/** @internal Calls `make`; an error about a setting that code has not given names the variable that it comes from. */
export function blaming<T>(given: object, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const source = sourceOf(error);
    if (source === undefined || (given as Record<string, unknown>)[source.option] !== undefined) {
      throw error;
    }
    const { code, message } = error as EngineError;
    throw new EngineError(code, `${source.variable}: ${message}`, { cause: error });
  }
}

function sourceOf(error: unknown): Source | undefined {
  return error instanceof EngineError ? SOURCES[error.code] : undefined;
}
