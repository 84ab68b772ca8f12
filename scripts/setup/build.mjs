import { readdirSync } from 'node:fs';

import { newestChange } from './freshness.mjs';
import { outputOf, run, say } from './terminal.mjs';

/** Folders whose changes do not change the addon. */
const NOT_IN_THE_ADDON = ['tests', 'benches', 'testing'];

/** Installs the npm packages when there are none or the lockfile is newer. */
export async function ensurePackages() {
  if (newestChange(['node_modules/.package-lock.json']) >= newestChange(['package.json', 'package-lock.json'])) return;
  say('installing npm packages');
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { purpose: 'install the npm packages' });
}

/** Compiles whatever is older than its sources: the native addon and the TypeScript. */
export async function ensureBuild() {
  const sources = newestChange(['Cargo.toml', 'Cargo.lock', 'build.rs', 'src', 'crates'], NOT_IN_THE_ADDON);
  const addons = readdirSync('.').filter((name) => name.endsWith('.node'));
  if (newestChange(addons) < sources || newestChange(['native.js']) === 0) {
    say('building the native addon (several minutes the first time)');
    await run('npm', ['run', '--silent', 'build:native'], { purpose: 'build the native addon' });
  }
  if (newestChange(['dist']) < newestChange(['ts', 'tsconfig.build.json', 'tsconfig.base.json'])) {
    say('compiling TypeScript');
    await run('npm', ['run', '--silent', 'build:ts'], { purpose: 'compile the TypeScript sources' });
  }
}

/**
 * The target to build for, named as `napi build` names it: Cargo keeps what is built for a named target apart from what
 * is built for the host, even if they are the same, and would build every dependency twice.
 */
export function rustTarget() {
  return process.env.CARGO_BUILD_TARGET ?? /^host: (.+)$/m.exec(outputOf('rustc', ['-vV']))[1];
}
