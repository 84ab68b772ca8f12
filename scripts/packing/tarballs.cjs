'use strict';

const { execFileSync } = require('node:child_process');
const { existsSync, linkSync, readdirSync, rmSync, statSync, copyFileSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..', '..');
const ADDON = /^synapse-queue\.(.+)\.node$/;

/**
 * Puts the addon that was built for this machine into its platform's package, as a release does.
 *
 * @returns {string} that package's folder
 */
function placeAddon() {
  const built = readdirSync(ROOT).find((name) => ADDON.test(name));
  if (built === undefined) throw new Error('there is no addon to pack: run npm run build:native');
  const folder = join(ROOT, 'npm', /** @type {RegExpExecArray} */ (ADDON.exec(built))[1] ?? '');
  const [from, to] = [join(ROOT, built), join(folder, built)];
  if (existsSync(to) && statSync(to).ino === statSync(from).ino) return folder;
  rmSync(to, { force: true });
  try {
    linkSync(from, to);
  } catch {
    // The folders may lie on different file systems.
    copyFileSync(from, to);
  }
  return folder;
}

/**
 * Packs what `npm publish` would send for this machine.
 *
 * @param {string} destination folder of the tarballs
 * @returns {{ main: string, platform: string }} their paths
 */
function packTarballs(destination) {
  const pack = (/** @type {string} */ folder) => {
    const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', destination];
    const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: folder, encoding: 'utf8' }));
    return join(destination, filename);
  };
  return { main: pack(ROOT), platform: pack(placeAddon()) };
}

module.exports = { packTarballs, placeAddon };
