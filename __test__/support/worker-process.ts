import { join } from 'node:path';

import { LineProcess } from './line-process';

const CLI = join(__dirname, '..', '..', 'dist', 'cli', 'index.js');

/** Variables that a test must not inherit from the developer's shell. */
const UNSET = {
  DATABASE_URL: '',
  EMAIL_FROM: '',
  LOG_FORMAT: '',
  LOG_LEVEL: '',
  PUBLIC_BASE_URL: '',
  REDIS_URL: '',
  SMTP_URL: '',
  STORAGE_URL: '',
  VAPID_PUBLIC_KEY: '',
  WORKER_QUEUES: '',
};

/** The `synapse-queue` command as a process of its own. */
export class CommandProcess extends LineProcess {
  constructor(args: string[], env: Record<string, string>) {
    super([CLI, ...args], { ...UNSET, ...env });
  }

  /** Starts a worker and waits until it is connected. */
  static async startWorker(env: Record<string, string>, ...args: string[]): Promise<CommandProcess> {
    const worker = new CommandProcess(['worker', ...args], env);
    await worker.line('🚀');
    return worker;
  }

  /** Entries of the JSON log format, those of one event. */
  entries(event: string): Record<string, unknown>[] {
    const entries = this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    return entries.filter((entry) => entry['event'] === event);
  }
}
