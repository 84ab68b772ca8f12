import type { LogMeta } from '../logger';

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

/** Control characters could forge lines or drive a terminal: names and errors in messages come from anywhere. */
// eslint-disable-next-line no-control-regex
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

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
    this.write(this.settings.format === 'json' ? jsonLine(level, message, fields) : `${escaped(message)}\n`);
  }
}

function jsonLine(level: LogLevel, message: string, fields: LogMeta): string {
  return `${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`;
}

function escaped(message: string): string {
  return message.replace(CONTROL_CHARACTERS, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return character === '\n' ? '\\n' : `\\u${code}`;
  });
}
