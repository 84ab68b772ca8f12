import { visible } from './visible';
import type { LogLevel } from './worker-listener';

/**
 * @internal Writes a line of a native processor that no listener of the worker wants, where a processor in JavaScript would have
 * written it. Ids and paths stand in it, which come from whoever added the job.
 */
export function writeLogLine(level: LogLevel, line: string): void {
  console[level === 'info' ? 'log' : level](visible(line));
}
