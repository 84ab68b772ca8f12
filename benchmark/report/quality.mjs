import { summarize } from '../statistics.mjs';

const TITLES = { compressed: '1920x1080, quality 85', thumbnail: '320x240, quality 75' };

/** The section about image quality, as Markdown. */
export function qualitySection(rows, { photos, sharp }) {
  const lines = Object.entries(TITLES).flatMap(([kind, title]) =>
    linesOf(
      title,
      rows.filter((row) => row.kind === kind),
    ),
  );
  return [
    '## Image quality',
    '',
    `Written by \`npm run bench:quality\` on ${new Date().toISOString().slice(0, 10)}: ${photos} real photos (Debian's packages of wallpapers),`,
    `each made by \`process-image\` and by sharp ${sharp} with the same sizes and qualities. SSIM of luma against a lossless reference:`,
    'every pixel decoded in full and scaled once with Lanczos3, on the grid of pixels of who is measured (sharp cuts thumbnails at whole',
    'pixels, `process-image` exactly in the middle). Median, lowest and highest in brackets; bytes are those of all photos.',
    '',
    '| result | sharp, SSIM | @synapse/queue, SSIM | difference | sharp, bytes | @synapse/queue, bytes | ratio |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
    '',
  ].join('\n');
}

function linesOf(title, rows) {
  const column = (of) => show(summarize(rows.map(of)));
  const bytes = (peer) => rows.reduce((sum, row) => sum + row[peer].bytes, 0);
  const [theirs, ours] = [bytes('sharp'), bytes('ours')];
  const cells = [
    title,
    column((row) => row.sharp.ssim),
    column((row) => row.ours.ssim),
    column((row) => row.ours.ssim - row.sharp.ssim),
    theirs.toLocaleString('en-US'),
    ours.toLocaleString('en-US'),
    `${(ours / theirs).toFixed(3)}x`,
  ];
  return [`| ${cells.join(' | ')} |`];
}

function show({ median, lowest, highest }) {
  return `${median.toFixed(4)} (${lowest.toFixed(4)} to ${highest.toFixed(4)})`;
}
