import sharp from 'sharp';

const START_OF_FRAME = 0xc0;
const HEIGHT_OFFSET = 5;
const WIDTH_OFFSET = 7;

/** A JPEG of noise: as hard to compress as a photo. */
export function jpeg(width: number, height: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  return sharp({ create: { width, height, channels: 3, background: 'white', noise } })
    .jpeg()
    .toBuffer();
}

/** A small JPEG whose header announces another size. */
export async function headerBomb(width: number, height: number): Promise<Buffer> {
  const bytes = await jpeg(64, 64);
  const frame = bytes.indexOf(Buffer.from([0xff, START_OF_FRAME]));
  bytes.writeUInt16BE(height, frame + HEIGHT_OFFSET);
  bytes.writeUInt16BE(width, frame + WIDTH_OFFSET);
  return bytes;
}
