const WIDTH = 860;
const MARGIN = 20;
const LABEL_WIDTH = 130;
const VALUE_WIDTH = 70;
const BAR = 13;
const BAR_GAP = 3;
const GROUP_LABEL = 20;
const GROUP_GAP = 14;
const HEAD = 92;

/** Painted and not left to the page: an image in a page does not know whether that is light or dark, only what the reader prefers. */
const STYLE = `
  .page { fill: #ffffff; stroke: #d0d7de }
  text { font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 }
  .quiet { fill: #59636e }
  .s0 { fill: #8c959f } .s1 { fill: #bf8700 } .s2 { fill: #8250df } .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #3d444d }
    text { fill: #f0f6fc }
    .quiet { fill: #9198a1 }
    .s0 { fill: #656c76 } .s1 { fill: #d29922 } .s2 { fill: #ab7df8 } .ours { fill: #4493f8 }
  }`;

/**
 * Groups of horizontal bars as an SVG picture, readable in light and dark.
 *
 * The last series is ours and stands out. A group's value may be missing. Bars share one scale, or each group has its own.
 *
 * @param {{ title: string, subtitle: string, series: string[], sharedScale: boolean,
 *   groups: Array<{ label: string, values: Array<number | undefined> }> }} chart
 */
export function barChart({ title, subtitle, series, groups, sharedScale }) {
  const longest = Math.max(...groups.flatMap(({ values }) => values.filter((value) => value !== undefined)));
  const parts = [];
  let y = HEAD;
  for (const group of groups) {
    const scale = sharedScale ? longest : Math.max(...group.values.filter((value) => value !== undefined));
    const drawn = drawGroup(group, { y, scale, series });
    parts.push(...drawn.parts);
    y = drawn.y + GROUP_GAP;
  }
  const height = y + MARGIN - GROUP_GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>`,
    text({ x: MARGIN, y: 32 }, title, 'title'),
    text({ x: MARGIN, y: 50 }, subtitle, 'quiet'),
    ...legend(series),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function legend(series) {
  const width = (WIDTH - 2 * MARGIN) / Math.max(series.length, 4);
  return series.flatMap((name, i) => [
    `<rect class="${classOf(i, series)}" x="${MARGIN + i * width}" y="64" width="12" height="12" rx="2"/>`,
    text({ x: MARGIN + i * width + 18, y: 74 }, name),
  ]);
}

function drawGroup({ label, values }, { y: top, scale, series }) {
  const parts = [text({ x: MARGIN, y: top + 13 }, label)];
  const space = WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH;
  let y = top + GROUP_LABEL;
  values.forEach((value, i) => {
    if (value === undefined) return;
    const length = Math.max(1, (value / scale) * space).toFixed(1);
    const x = MARGIN + LABEL_WIDTH;
    parts.push(
      text({ x: x - 8, y: y + 11, anchor: 'end' }, series[i].replace(/ \(.*/u, ''), 'quiet'),
      `<rect class="${classOf(i, series)}" x="${x}" y="${y}" width="${length}" height="${BAR}" rx="2"/>`,
      text({ x: x + Number(length) + 6, y: y + 11 }, show(value)),
    );
    y += BAR + BAR_GAP;
  });
  return { parts, y };
}

function classOf(index, series) {
  return index === series.length - 1 ? 'ours' : `s${index}`;
}

function show(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);
}

function text({ x, y, anchor }, content, className) {
  const attributes = [anchor && `text-anchor="${anchor}"`, className && `class="${className}"`].filter(Boolean);
  return `<text x="${x}" y="${y}"${attributes.map((attribute) => ` ${attribute}`).join('')}>${escape(content)}</text>`;
}

function escape(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
