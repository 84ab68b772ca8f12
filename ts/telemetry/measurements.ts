import { MetricNames, TelemetryAttributes } from './names';
import type { Attributes, Counter, Gauge, Histogram, Meter } from './telemetry';

/** What became of a job or of an attempt. */
export type MeasuredState = 'completed' | 'failed' | 'delayed' | 'retried' | 'waiting' | 'waiting-children';

/** What is measured of a job. */
export interface MeasuredJob {
  readonly name: string;
  readonly processedOn?: number;
}

const COUNTERS: Record<MeasuredState, MetricNames> = {
  completed: MetricNames.JobsCompleted,
  failed: MetricNames.JobsFailed,
  delayed: MetricNames.JobsDelayed,
  retried: MetricNames.JobsRetried,
  waiting: MetricNames.JobsWaiting,
  'waiting-children': MetricNames.JobsWaitingChildren,
};

/** The measurements of one queue; its instruments are made when they are first used. */
export class Measurements {
  private readonly counters = new Map<MeasuredState, Counter>();
  private durations: Histogram | undefined;
  private jobs: Gauge | undefined;

  constructor(
    private readonly meter: Meter,
    private readonly queueName: string,
  ) {}

  /** Counts what became of a job and records how long that took. */
  ended({ name, processedOn }: MeasuredJob, state: MeasuredState): void {
    const attributes = {
      [TelemetryAttributes.QueueName]: this.queueName,
      [TelemetryAttributes.JobName]: name,
      [TelemetryAttributes.JobState]: state,
    };
    this.counter(state).add(1, attributes);
    if (processedOn !== undefined) {
      this.recordDuration(Date.now() - processedOn, attributes);
    }
  }

  /** Records how many jobs are in each state. */
  counts(counts: Record<string, number>): void {
    this.jobs ??= this.meter.createGauge(MetricNames.QueueJobsCount, {
      description: 'Number of jobs in the queue by state',
      unit: '{jobs}',
    });
    for (const [state, count] of Object.entries(counts)) {
      this.jobs.record(count, {
        [TelemetryAttributes.QueueName]: this.queueName,
        [TelemetryAttributes.QueueJobsState]: state,
      });
    }
  }

  private counter(state: MeasuredState): Counter {
    let counter = this.counters.get(state);
    if (!counter) {
      counter = this.meter.createCounter(COUNTERS[state], { description: `Number of jobs ${state}`, unit: '1' });
      this.counters.set(state, counter);
    }
    return counter;
  }

  private recordDuration(ms: number, attributes: Attributes): void {
    this.durations ??= this.meter.createHistogram(MetricNames.JobDuration, {
      description: 'Job processing duration',
      unit: 'ms',
    });
    this.durations.record(ms, attributes);
  }
}
