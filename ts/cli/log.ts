import type { LogMeta } from '../logger';
import { visible } from '../visible';

/** Log levels, loudest first. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** How loud a line is. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How lines are written: as they are, or as one JSON object each. */
export const LOG_FORMATS = ['text', 'json'] as const;

/** How log lines are written. */
export interface LogSettings {
  /** The quietest level that is still written. */
  level: LogLevel;
  format: (typeof LOG_FORMATS)[number];
}

/** The log of the program: one line per message on standard output. */
export class Log {
  constructor(
    private readonly settings: LogSettings,
    private readonly write: (line: string) => void,
  ) {}

  error(message: string, fields?: LogMeta): void {
    this.line('error', message, fields);
  }

  warn(message: string, fields?: LogMeta): void {
    this.line('warn', message, fields);
  }

  info(message: string, fields?: LogMeta): void {
    this.line('info', message, fields);
  }

  debug(message: string, fields?: LogMeta): void {
    this.line('debug', message, fields);
  }

  /** `fields` appear in the JSON format only: there they replace what the text says in words. */
  private line(level: LogLevel, message: string, fields: LogMeta = {}): void {
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(this.settings.level)) {
      return;
    }
    this.write(this.settings.format === 'json' ? jsonLine(level, message, fields) : `${visible(message)}\n`);
  }
}

function jsonLine(level: LogLevel, message: string, fields: LogMeta): string {
  return `${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`;
}
