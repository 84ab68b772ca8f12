import { existsSync, readFileSync } from 'node:fs';

import { findProgram, installHint, packageManager } from './system-packages.mjs';
import { outputOf, say, SetupError, succeeds } from './terminal.mjs';

const NODE_MIN_MAJOR = 20;

/** Programs and libraries a package manager may bring; `cmake` and `nasm` build the JPEG library. */
const INSTALLABLE = [
  { name: 'a C compiler', found: () => findProgram('cc', 'gcc', 'clang'), apt: ['build-essential'], brew: ['gcc'] },
  { name: 'cmake', found: () => findProgram('cmake'), apt: ['cmake'], brew: ['cmake'] },
  { name: 'nasm', found: () => findProgram('nasm'), apt: ['nasm'], brew: ['nasm'] },
];

/** Only the tests need them: an independent web push implementation links OpenSSL, and the stores run against real databases. */
const FOR_TESTS = [
  {
    name: 'PostgreSQL',
    found: () => findProgram('initdb') || succeeds('sh', ['-c', 'ls /usr/lib/postgresql/*/bin/initdb']),
    apt: ['postgresql'],
    brew: ['postgresql'],
  },
  {
    name: 'a Chromium',
    found: () => findProgram('chromium', 'google-chrome', 'chromium-browser'),
    apt: ['chromium'],
    brew: ['chromium'],
  },
  { name: 'MariaDB', found: () => findProgram('mariadbd'), apt: ['mariadb-server'], brew: ['mariadb'] },
  {
    name: 'OpenSSL headers',
    found: () => !usesOpenSsl() || succeeds('pkg-config', ['--exists', 'openssl']),
    apt: ['pkg-config', 'libssl-dev'],
    brew: ['pkg-config', 'openssl@3'],
  },
];

/**
 * Makes sure that everything the build needs is there, installing what a package manager can.
 *
 * @param {{ forTests: boolean }} options
 */
export async function ensurePrerequisites({ forTests }) {
  const problems = [nodeProblem(), rustProblem()].filter(Boolean);
  const missing = [...INSTALLABLE, ...(forTests ? FOR_TESTS : [])].filter((item) => !item.found());
  const manager = missing.length > 0 ? packageManager() : undefined;
  if (manager) {
    const names = missing.flatMap((item) => item[manager.name]);
    say(`installing ${names.join(', ')} with ${manager.name}`);
    await manager.install(names);
  } else {
    problems.push(...missing.map((item) => `${item.name} is missing: ${installHint(item.apt, item.brew)}`));
  }
  if (problems.length > 0) throw new SetupError(problems.join('\n✘ '));
}

function nodeProblem() {
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= NODE_MIN_MAJOR) return undefined;
  return `Node ${NODE_MIN_MAJOR} or later is needed, this is ${process.versions.node}: https://nodejs.org`;
}

function rustProblem() {
  const wanted = /rust-version = "(\d+)\.(\d+)"/.exec(readFileSync('Cargo.toml', 'utf8'));
  const found = /^rustc (\d+)\.(\d+)/.exec(outputOf('rustc', ['--version']) ?? '');
  if (!found || !findProgram('cargo')) {
    return `Rust ${wanted[1]}.${wanted[2]} is missing (cargo and rustc on PATH): https://rustup.rs`;
  }
  const isOld = Number(found[1]) === Number(wanted[1]) && Number(found[2]) < Number(wanted[2]);
  return isOld
    ? `Rust ${wanted[1]}.${wanted[2]} or later is needed, this is ${found[1]}.${found[2]}: rustup update`
    : undefined;
}

function usesOpenSsl() {
  return existsSync('Cargo.lock') && readFileSync('Cargo.lock', 'utf8').includes('name = "openssl-sys"');
}
