import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { join } from 'node:path';

import { originals } from '../timers';
import type { Channel, ChildExit } from './channel';
import type { FromChild, ToChild } from './messages';

/** How long a child has to end after SIGTERM before it is sent SIGKILL, ms. */
const GRACE_MS = 500;

/** What is meant for one process: an inspector's port can be listened on once, and a program on the command line is not the child's. */
const NOT_INHERITED = /^(--inspect|--input-type|-e$|--eval|-pe?$|--print)/;

/** A child process. */
export class ProcessChannel implements Channel {
  readonly exit: Promise<ChildExit>;
  private readonly process: ChildProcess;

  constructor(options: ForkOptions = {}) {
    const execArgv = inheritedArguments(process.execArgv);
    this.process = fork(join(__dirname, 'child', 'process.js'), {
      execArgv,
      env: process.env,
      silent: true,
      ...options,
    });
    this.process.stdout?.on('data', (chunk: Buffer) => process.stdout.write(chunk));
    this.process.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    this.exit = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
      // A child that could not be started never exits.
      this.process.once('error', () => {
        if (this.process.pid === undefined) {
          resolve({ code: null, signal: null });
        }
      });
    });
  }

  send(message: ToChild): void {
    if (this.process.connected) {
      // A failed write means that the child is ending; `exit` tells.
      this.process.send(message, () => undefined);
    }
  }

  onMessage(receive: (message: FromChild) => void): void {
    this.process.on('message', (message) => {
      receive(message as FromChild);
    });
  }

  async end(now: boolean): Promise<void> {
    this.process.kill(now ? 'SIGKILL' : 'SIGTERM');
    const timer = originals.setTimeout(() => this.process.kill('SIGKILL'), GRACE_MS);
    await this.exit;
    originals.clearTimeout(timer);
  }
}

/** Flags of this process that its children are started with. */
function inheritedArguments(execArgv: readonly string[]): string[] {
  return execArgv.filter((argument, index) => {
    const isProgram = ['-e', '--eval', '-p', '-pe', '--print'].includes(execArgv[index - 1] ?? '');
    return !isProgram && !NOT_INHERITED.test(argument);
  });
}
