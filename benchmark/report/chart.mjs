import { summarize } from '../statistics.mjs';
import { barChart } from './bar-chart.mjs';
import { peersOf } from './tables.mjs';

/** A part's chart: the first metric of each case that is about speed. */
export function chartOf({ cases, chart }, results) {
  const peers = peersOf(cases);
  const shown = cases.filter(({ metrics }) => isShown(Object.values(metrics)[0], chart));
  const groups = shown.map((benchmark) => {
    const [name, metric] = Object.entries(benchmark.metrics)[0];
    const medians = peers.map((peer) => medianOf(results.get(benchmark.id).get(peer), name));
    const values = chart.relative ? medians.map((median) => relative(median, medians[0], metric)) : medians;
    return { label: `${plain(benchmark.title)}${chart.relative ? '' : `, ${metric.unit}`}`, values };
  });
  const subtitle = chart.relative
    ? 'longer is faster; times are inverted'
    : 'longer is faster; each group has its own scale';
  return barChart({ title: chart.title, subtitle, series: peers, groups, sharedScale: chart.relative });
}

/** Memory has no speed, and a bar that is better when it is short belongs into no chart of absolute values. */
function isShown({ unit, better }, { relative: isRelative }) {
  return unit !== 'MB' && (isRelative || better === 'higher');
}

function medianOf(runs, name) {
  return runs ? summarize(runs.map((run) => run[name])).median : undefined;
}

function relative(value, first, { better }) {
  if (value === undefined) return undefined;
  return better === 'higher' ? value / first : first / value;
}

function plain(markdown) {
  return markdown.replaceAll('`', '');
}
