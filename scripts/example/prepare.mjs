import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { placeAddon } from '../packing/tarballs.cjs';
import { newestChange } from '../setup/freshness.mjs';
import { run, say } from '../setup/terminal.mjs';

/** The example's folder. */
export const EXAMPLE = join('examples', 'nextjs');

const INSTALLED = join(EXAMPLE, 'node_modules');

/**
 * Installs the example with this repository's packages, as a user gets them from the registry, and sets it up.
 *
 * @param {Record<string, string>} env of its set-up
 */
export async function prepareExample(env) {
  const platform = placeAddon();
  const sources = newestChange(['dist', 'index.js', 'index.d.ts', 'addon.js', 'native.js', 'package.json', platform]);
  const wanted = Math.max(sources, newestChange([join(EXAMPLE, 'package.json'), join(EXAMPLE, 'package-lock.json')]));
  if (newestChange([join(INSTALLED, '.package-lock.json')]) < wanted) {
    say('installing the example');
    // npm takes a folder that it copied once for the newest there is.
    await rm(join(INSTALLED, '@synapse'), { recursive: true, force: true });
    const options = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
    await run('npm', ['install', '--prefix', EXAMPLE, ...options], { purpose: 'install the example' });
  }
  await run('npm', ['run', '--silent', '--prefix', EXAMPLE, 'setup'], { purpose: 'set the example up', env });
}
