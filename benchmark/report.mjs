import { summarize } from './statistics.mjs';

/** The report as Markdown. */
export function writeReport({ machine, command, runs, cases, results }) {
  const queues = cases.filter(({ id }) => !id.startsWith('images'));
  const images = cases.filter(({ id }) => id.startsWith('images'));
  return [
    '# Benchmarks',
    '',
    `Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}. Medians of ${runs} runs, lowest and highest in`,
    'brackets. Every measurement runs in a fresh process; the peers take turns. Retention and events are at their defaults.',
    '',
    ...machine.map((line) => `- ${line}`),
    ...(queues.length > 0 ? ['', '## Queue', '', ...tables(queues, results)] : []),
    ...(images.length > 0 ? ['', '## Images', '', ...tables(images, results)] : []),
    '',
    '## How it is measured',
    '',
    '- The ratio is that of our median to the first column; throughput is better above 1, all else below 1.',
    '- `process`: jobs are in the queue beforehand; from the first call of the processor to the last local `completed` event.',
    '- Node CPU is user and system time of the whole process, native threads included; Redis CPU is that of its `INFO cpu`.',
    '- Images: both files are made from the photo of the quickstart and written, each job through the queue.',
    '  "Two pipelines" decodes the photo for each file; "one decode" makes the thumbnail from the pixels of the larger file.',
    '',
  ].join('\n');
}

function tables(cases, results) {
  const peers = cases[0].peers;
  const others = peers.slice(0, -1);
  const header = ['case', 'metric', ...peers, ...others.map((peer) => `ours / ${peer}`)];
  const rows = cases.flatMap((benchmark) => rowsOf(benchmark, results.get(benchmark.id), others));
  return [row(header), row(header.map((_, i) => (i < 2 ? '---' : '---:'))), ...rows.map(row)];
}

function rowsOf({ title, peers, metrics }, byPeer, others) {
  return Object.entries(metrics).map(([name, metric], i) => {
    const summaries = peers.map((peer) => summarize(byPeer.get(peer).map((run) => run[name])));
    const ours = summaries.at(-1).median;
    const ratios = others.map((_, peer) => `${(ours / summaries[peer].median).toFixed(2)}x`);
    return [
      i === 0 ? title : '',
      `${metric.title}, ${metric.unit}`,
      ...summaries.map((summary) => cell(summary, metric)),
      ...ratios,
    ];
  });
}

function cell({ median, lowest, highest }, { digits }) {
  const show = (value) => value.toLocaleString('en-US', { maximumFractionDigits: digits });
  return `${show(median)} (${show(lowest)}-${show(highest)})`;
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}
