/** What a log line is about; which fields there are depends on the line. */
export type LogMeta = Record<string, unknown>;

/** Where log lines go. `console` is one, and so are most loggers. */
export interface Logger {
  /** Something went as planned. */
  log(message: string, meta?: LogMeta): void;
  /** Something was skipped or degraded. Default: `log`. */
  warn?(message: string, meta?: LogMeta): void;
  /** Something failed. */
  error(message: string, error?: unknown, meta?: LogMeta): void;
}

/** Whether an object can be used as a logger. */
export function isLogger(value: object): value is Logger {
  const { log, error } = value as Partial<Logger>;
  return typeof log === 'function' && typeof error === 'function';
}
