import { summarize } from '../statistics.mjs';

/** One table of a part, as lines of Markdown: medians with the lowest and highest run, and our ratio to each peer. */
export function tableOf(cases, results) {
  const peers = peersOf(cases);
  const others = peers.slice(0, -1);
  const header = ['case', 'metric', ...peers, ...others.map((peer) => `ours / ${peer}`)];
  const rows = cases.flatMap((benchmark) => rowsOf(benchmark, results.get(benchmark.id), peers));
  return [row(header), row(header.map((_, i) => (i < 2 ? '---' : '---:'))), ...rows.map(row)];
}

/** Everyone who takes part in one of the cases; ours is the last of each. */
export function peersOf(cases) {
  const others = new Set(cases.flatMap(({ peers }) => peers.slice(0, -1)));
  return [...others, cases[0].peers.at(-1)];
}

function rowsOf({ title, metrics }, byPeer, peers) {
  return Object.entries(metrics).map(([name, metric], i) => {
    const summaries = peers.map((peer) => summaryOf(byPeer.get(peer), name));
    const ours = summaries.at(-1);
    return [
      i === 0 ? title : '',
      metric.unit ? `${metric.title}, ${metric.unit}` : metric.title,
      ...summaries.map((summary) => cell(summary, metric)),
      ...summaries.slice(0, -1).map((theirs) => ratio(ours, theirs)),
    ];
  });
}

/** Undefined for a peer that does not take part, or does not measure this. */
function summaryOf(runs, name) {
  const values = (runs ?? []).map((run) => run[name]).filter((value) => value !== undefined);
  return values.length > 0 ? summarize(values) : undefined;
}

function ratio(ours, theirs) {
  return theirs && theirs.median > 0 ? `${(ours.median / theirs.median).toFixed(2)}x` : '–';
}

function cell(summary, { digits }) {
  if (!summary) return '–';
  const show = (value) => value.toLocaleString('en-US', { maximumFractionDigits: digits });
  return `${show(summary.median)} (${show(summary.lowest)}-${show(summary.highest)})`;
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}
