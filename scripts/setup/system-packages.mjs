import { outputOf, run, SetupError, succeeds } from './terminal.mjs';

/** The package manager this machine can install with, or undefined: apt as root or without a password, or Homebrew. */
export function packageManager() {
  if (succeeds('apt-get', ['--version'])) {
    if (process.getuid?.() === 0) return apt([]);
    if (succeeds('sudo', ['-n', 'true'])) return apt(['sudo', '-n']);
  }
  return succeeds('brew', ['--version']) ? brew() : undefined;
}

function apt(prefix) {
  const command = (args) => {
    const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args];
    return [program, rest];
  };
  return {
    name: 'apt',
    async install(names) {
      const options = { purpose: `install ${names.join(', ')}` };
      // Package lists may be missing on a fresh container or name versions that are gone.
      if (!succeeds(...command(['install', '-y', '--no-install-recommends', ...names]))) {
        await run(...command(['update']), options);
        await run(...command(['install', '-y', '--no-install-recommends', ...names]), options);
      }
    },
  };
}

function brew() {
  return {
    name: 'brew',
    install: (names) => run('brew', ['install', ...names], { purpose: `install ${names.join(', ')}` }),
  };
}

/** The command a person would type to install these packages here. */
export function installHint(aptNames, brewNames) {
  return process.platform === 'darwin'
    ? `brew install ${brewNames.join(' ')}`
    : `sudo apt-get install ${aptNames.join(' ')} (or your system's packages of the same names)`;
}

/** The first of these programs that is on PATH, as an absolute path. */
export function findProgram(...names) {
  for (const name of names) {
    const path = outputOf('sh', ['-c', `command -v ${name}`]);
    if (path) return path;
  }
  return undefined;
}

/** Turns a failed installation into `undefined`, for callers that know another way. */
export async function tryInstall(manager, names) {
  try {
    await manager.install(names);
    return true;
  } catch (error) {
    if (error instanceof SetupError) return false;
    throw error;
  }
}
