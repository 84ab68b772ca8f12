import { UnrecoverableError } from './control-flow';

/** An error as the engine takes it. */
export interface FailureJson {
  name: string;
  message: string;
  code?: string;
  stack?: string;
}

/** Reduces whatever a processor threw to what is stored with the job. */
export function toFailure(thrown: unknown): FailureJson {
  if (typeof thrown !== 'object' || thrown === null) {
    return { name: 'Error', message: String(thrown) };
  }
  const { name, message, code, stack } = thrown as Partial<Record<keyof FailureJson, unknown>>;
  return {
    name: thrown instanceof UnrecoverableError ? 'UnrecoverableError' : textOr(name, 'Error'),
    message: textOr(message, ''),
    ...(typeof code === 'string' && { code }),
    ...(typeof stack === 'string' && { stack }),
  };
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}
