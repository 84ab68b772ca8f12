import type { JobState } from './types';

/** What is measured of a queue. */
export interface QueueMeasurements {
  queue: string;
  /** Jobs per state now. */
  counts: Readonly<Record<string, number>>;
  /** Jobs that finished since metrics are collected. */
  totals: Readonly<Record<Extract<JobState, 'completed' | 'failed'>, number>>;
}

/** Measurements in Prometheus' text format, with `labels` added to every line. */
export function prometheusText(measured: QueueMeasurements, labels: Readonly<Record<string, string>>): string {
  const { queue, counts, totals } = measured;
  const line = (metric: string, own: Record<string, string>, value: number): string =>
    `${metric}{${labelText({ queue, ...own, ...labels })}} ${value}`;
  const total = (state: keyof typeof totals): string[] => [
    `# HELP bullmq_job_${state}_total Total number of ${state} jobs`,
    `# TYPE bullmq_job_${state}_total counter`,
    line(`bullmq_job_${state}_total`, {}, totals[state]),
  ];
  return [
    '# HELP bullmq_job_count Number of jobs in the queue by state',
    '# TYPE bullmq_job_count gauge',
    ...Object.entries(counts).map(([state, count]) => line('bullmq_job_count', { state }, count)),
    ...total('completed'),
    ...total('failed'),
  ].join('\n');
}

function labelText(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(', ');
}

/** As the format asks for. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
