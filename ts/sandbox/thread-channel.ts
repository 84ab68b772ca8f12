import { join } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

import type { Channel, ChildExit } from './channel';
import type { FromChild, ToChild } from './messages';

/** A worker thread. Its output goes to this process's by itself. */
export class ThreadChannel implements Channel {
  readonly exit: Promise<ChildExit>;
  private readonly thread: Worker;

  constructor(options: WorkerOptions = {}) {
    this.thread = new Worker(join(__dirname, 'child', 'thread.js'), options);
    this.exit = new Promise((resolve) => {
      this.thread.once('exit', (code) => {
        resolve({ code, signal: null });
      });
    });
    // The exit that follows tells; an error that nobody listens to would end this process.
    this.thread.on('error', () => undefined);
  }

  send(message: ToChild): void {
    this.thread.postMessage(message);
  }

  onMessage(receive: (message: FromChild) => void): void {
    this.thread.on('message', receive);
  }

  async end(): Promise<void> {
    await this.thread.terminate();
  }
}
