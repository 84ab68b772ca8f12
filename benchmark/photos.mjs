import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { run, SetupError, succeeds } from '../scripts/setup/terminal.mjs';

/**
 * Debian's packages of wallpapers: photos by many cameras and programs, under free licences, too large to be committed. apt checks them
 * against the archive's signed checksums.
 */
const PACKAGES = ['mate-backgrounds', 'lomiri-wallpapers-16.04', 'lomiri-wallpapers-20.04'];
/** Folders of drawings, and of one photo in three sizes. */
const NO_PHOTOS = /[/\\](abstract|desktop)$/;
const CACHE = join(homedir(), '.cache', 'synapse-queue', 'photos');

/** Paths of real photos, JPEG, fetched once per machine. */
export async function realPhotos() {
  if (!existsSync(CACHE)) await fetchPhotos();
  const entries = await readdir(CACHE, { recursive: true, withFileTypes: true });
  const photos = entries.filter(
    (entry) => entry.isFile() && entry.name.endsWith('.jpg') && !NO_PHOTOS.test(entry.parentPath),
  );
  return photos.map(({ parentPath, name }) => join(parentPath, name)).sort();
}

async function fetchPhotos() {
  if (!succeeds('apt-get', ['--version'])) {
    throw new SetupError(
      `photos come from Debian's packages ${PACKAGES.join(', ')}: put JPEG files into ${CACHE} instead`,
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'synapse-photos-'));
  try {
    await run('bash', ['-c', `cd "$1" && shift && apt-get -qq download "$@"`, 'bash', folder, ...PACKAGES], {
      purpose: 'download photos',
    });
    const unpacked = join(folder, 'unpacked');
    for (const file of await readdir(folder)) {
      await run('dpkg-deb', ['-x', join(folder, file), unpacked], { purpose: 'unpack photos' });
    }
    await mkdir(join(CACHE, '..'), { recursive: true });
    await run('cp', ['-r', unpacked, `${CACHE}.new`], { purpose: 'keep photos' });
    await rename(`${CACHE}.new`, CACHE);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
