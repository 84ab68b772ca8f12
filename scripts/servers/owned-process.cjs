'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');

/**
 * Runs the program and ends with its exit code; sends it SIGTERM when standard input ends.
 *
 * The pipe closes however this process ends, so Ctrl-C, a crash or kill -9 leaves no process behind.
 * Descriptor 3 stays open as long as the program or a child of it lives: a killed shell cannot wait for them.
 */
const WATCHDOG = `
exec 4<&0
"$@" </dev/null 4<&- & child=$!
{ read -r _ <&4; kill "$child"; } >/dev/null 2>&1 & watcher=$!
wait "$child"; code=$?
kill "$watcher" 2>/dev/null
exit "$code"`;

/** A child process that cannot outlive this one. */
class OwnedProcess {
  #shell;
  /** @type {Promise<number | string>} */
  #exit;

  /**
   * @param {string} program
   * @param {string[]} args
   * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, output?: 'ignore' | 'inherit' | 'pipe' }} [options] `env` adds to this process's
   */
  constructor(program, args, { env = {}, cwd, output = 'ignore' } = {}) {
    // A process group of its own: the terminal's Ctrl-C reaches only this process, which then stops the child in order.
    this.#shell = spawn('sh', ['-c', WATCHDOG, 'sh', program, ...args], {
      detached: true,
      cwd,
      env: { ...process.env, ...env },
      stdio: ['pipe', output, output, 'pipe'],
    });
    /** @type {import('node:stream').Readable} */ (this.#shell.stdio[3]).resume();
    this.#exit = once(this.#shell, 'close').then(([code, signal]) => signal ?? code);
    // The child may end between the decision to stop it and the write.
    this.#shell.stdin?.on('error', () => this.#shell.stdin?.destroy());
  }

  /** The child's standard output and standard error as they come; empty unless `output` is `pipe`. */
  get output() {
    return [this.#shell.stdout, this.#shell.stderr].filter((stream) => stream !== null);
  }

  /** The exit code or signal, once the child has ended. */
  get exit() {
    return this.#exit;
  }

  /** Whether the child still runs. */
  get isRunning() {
    return this.#shell.exitCode === null && this.#shell.signalCode === null;
  }

  /** Sends SIGTERM, then SIGKILL after `graceMs`; resolves to the exit code or signal. Harmless when it has ended. */
  async stop(graceMs = 10_000) {
    this.#shell.stdin?.end();
    const timer = setTimeout(() => void this.kill(), graceMs);
    const ended = await this.#exit;
    clearTimeout(timer);
    return ended;
  }

  /** Sends SIGKILL to the child and all its children; resolves when they are gone. */
  async kill() {
    if (this.isRunning && this.#shell.pid !== undefined) process.kill(-this.#shell.pid, 'SIGKILL');
    return this.#exit;
  }
}

module.exports = { OwnedProcess };
