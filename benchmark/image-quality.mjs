import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import sharp from 'sharp';
import { ssim } from 'ssim.js';

import { imageProcessor, Queue, Worker } from '../index.mjs';
import { startPrivateRedis } from '../scripts/setup/redis.mjs';
import { runAsProgram, say } from '../scripts/setup/terminal.mjs';
import { realPhotos } from './photos.mjs';
import { qualitySection } from './report/quality.mjs';
import { replaceSection } from './report/file.mjs';

/** What `process-image` makes, in sharp's terms. */
const KINDS = [
  { kind: 'compressed', resize: { width: 1920, height: 1080, fit: 'inside', withoutEnlargement: true }, quality: 85 },
  { kind: 'thumbnail', resize: { width: 320, height: 240, fit: 'cover' }, quality: 75 },
];

await runAsProgram(async () => {
  const photos = await realPhotos();
  const folder = await mkdtemp(join(tmpdir(), 'synapse-quality-'));
  const redis = await startPrivateRedis();
  const ours = openOurs(redis.url, folder);
  try {
    const rows = [];
    for (const photo of photos) {
      say(`${rows.length / KINDS.length + 1} of ${photos.length}: ${basename(photo)}`);
      const files = await ours.process(photo);
      for (const kind of KINDS) rows.push(await compare(photo, kind, files[kind.kind]));
    }
    const section = qualitySection(rows, { photos: photos.length, sharp: sharp.versions.sharp });
    await replaceSection('Image quality', section);
    process.stdout.write(`\n${section}`);
  } finally {
    await ours.close();
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

/** The product as an application uses it: jobs through a queue. */
function openOurs(url, folder) {
  const connection = { url };
  const queue = new Queue('quality', { connection });
  const processor = imageProcessor({ storage: `file:${folder}`, stores: { files: { update: async () => {} } } });
  const worker = new Worker('quality', { 'process-image': processor }, { connection });
  worker.on('log', () => {});
  return {
    async process(photo) {
      await copyFile(photo, join(folder, 'photo.jpg'));
      const job = await queue.add('process-image', { fileId: 'photo', filePath: 'photo.jpg' });
      await job.waitUntilFinished();
      const read = (kind) => readFile(join(folder, `photo-${kind}.jpg`));
      return { compressed: await read('compressed'), thumbnail: await read('thumbnail') };
    },
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}

/** Both results against lossless references: every pixel decoded in full, scaled once, never compressed. */
async function compare(photo, { kind, resize, quality }, ourFile) {
  const [ofTheirs, ofOurs] = await references(photo, resize);
  const sharpFile = await sharp(photo).autoOrient().resize(resize).jpeg({ quality }).toBuffer();
  const measure = async (reference, file) => similarity(await pixels(reference), await pixels(file));
  return {
    photo: basename(photo),
    kind,
    sharp: { ssim: await measure(ofTheirs, sharpFile), bytes: sharpFile.length },
    ours: { ssim: await measure(ofOurs, ourFile), bytes: ourFile.length },
  };
}

/**
 * The reference of each peer, on its own grid of pixels. For a filled box sharp scales first and then cuts at whole pixels, which may
 * be half a pixel off the middle; we cut exactly in the middle. Against the other's grid either would lose up to 0.04 for a shift that
 * nobody sees.
 */
async function references(photo, resize) {
  const upright = sharp(photo).autoOrient().toColourspace('srgb').removeAlpha().raw();
  const { data, info } = await upright.toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const whole = () => sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  const scaled = (picture, fit) => picture.resize({ ...resize, fit, kernel: 'lanczos3' }).png({ compressionLevel: 1 });
  const theirs = await scaled(whole(), resize.fit).toBuffer();
  if (resize.fit !== 'cover') return [theirs, theirs];
  return [theirs, await scaled(whole().extract(middle({ width, height }, resize)), 'fill').toBuffer()];
}

/** The largest part from the middle of a picture with the shape of the box, in whole pixels of the picture. */
function middle({ width, height }, box) {
  const shape = box.width / box.height;
  const part = { width: Math.min(width, height * shape), height: Math.min(height, width / shape) };
  return {
    left: Math.floor((width - part.width) / 2),
    top: Math.floor((height - part.height) / 2),
    width: Math.round(part.width),
    height: Math.round(part.height),
  };
}

async function pixels(file) {
  const { data, info } = await sharp(file)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}

/** Mean structural similarity of luma, 1 for equal pictures. */
function similarity(left, right) {
  if (left.width !== right.width || left.height !== right.height)
    throw new Error(`${left.width}x${left.height} is not ${right.width}x${right.height}`);
  return ssim(left, right, { ssim: 'fast', downsample: false }).mssim;
}
