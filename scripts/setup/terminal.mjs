import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Something the user must do; its message is all that is shown. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** Prints one line of progress. */
export function say(line) {
  process.stdout.write(`• ${line}\n`);
}

/** Whether `program` can be run with `args`, without showing anything. */
export function succeeds(program, args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** Standard output of a short command, or undefined when it fails or is missing. */
export function outputOf(program, args) {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Runs a command in the foreground; the terminal shows what it prints.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ purpose: string, env?: Record<string, string> }} options `purpose` completes "could not …".
 */
export async function run(program, args, { purpose, env = {} }) {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  if (ended !== 0) {
    throw new SetupError(`could not ${purpose}: \`${program} ${args.join(' ')}\` ended with ${ended}`);
  }
}

/** Runs `main` in the repository's root; a `SetupError` becomes one line, and the exit code 1. */
export async function runAsProgram(main) {
  try {
    process.chdir(join(import.meta.dirname, '..', '..'));
    await main();
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(error instanceof SetupError ? `✘ ${error.message}\n` : `✘ ${error?.stack ?? error}\n`);
  }
}
