import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';

import sharp from 'sharp';

/**
 * `upload.mjs <kind> <file>`: writes the photo of the quickstart as what a user may upload.
 *
 * A process of its own: what it takes to make the file must not count as a peer's memory.
 */
const PHOTO = join(import.meta.dirname, '..', '..', 'scripts', 'quickstart', 'dandelions.jpg');

const KINDS = {
  /** As the camera wrote it: 4624 x 2601. */
  'jpeg-12': (file) => copyFile(PHOTO, file),
  'jpeg-24': (file) => sharp(PHOTO).resize(6528, 3672, { fit: 'fill' }).jpeg({ quality: 90 }).toFile(file),
  'png-12': (file) => sharp(PHOTO).png().toFile(file),
};

const [kind, file] = process.argv.slice(2);
await KINDS[kind](file);
