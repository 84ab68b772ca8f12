import type { Run, RunEnd } from '../job-runner';
import type { NativeSlotSource } from '../native';
import type { JobProgress } from '../types';
import type { WorkerEvent } from '../worker-event';
import { WorkerLoop, type EventOf } from '../worker-loop';
import { ChangingMap } from '../changing-map';
import { noteFailure, startComplete } from './end-spans';
import type { MeasuredState } from './measurements';
import { SpanKind, TelemetryAttributes } from './names';
import type { OpenSpan } from './open-span';
import type { Attributes } from './telemetry';
import type { Tracing } from './tracing';

/** What a worker with telemetry has beside one without. */
export interface LoopTracing {
  tracing: Tracing;
  /** What all spans of the worker tell. */
  attributes: Attributes;
}

/** The spans of one run. */
interface RunSpans {
  process: OpenSpan;
  /** From handing the result over until Redis shows it. */
  complete?: OpenSpan;
}

/**
 * A worker's loop that traces its jobs, whether they run in JavaScript or in Rust.
 */
export class TracedWorkerLoop<Data, Result, Name extends string, Progress extends JobProgress> extends WorkerLoop<
  Data,
  Result,
  Name,
  Progress
> {
  private readonly spans = new ChangingMap<RunSpans>();
  private readonly tracing: Tracing;
  private readonly attributes: Attributes;

  constructor(
    { tracing, attributes }: LoopTracing,
    ...loop: ConstructorParameters<typeof WorkerLoop<Data, Result, Name, Progress>>
  ) {
    super(...loop);
    this.tracing = tracing;
    this.attributes = attributes;
  }

  override run(slots: NativeSlotSource): Promise<void> {
    return this.tracing.detached(() => super.run(slots));
  }

  protected override handle(event: WorkerEvent, lines: readonly string[], payload: number): void {
    super.handle(event, lines, payload);
    if (event.event === 'active' && !event.isOurs) {
      this.open(this.runs.get(event.run));
    } else if (event.event === 'handedBack') {
      this.close(event.run);
    } else if (event.event === 'locksRenewed') {
      this.note('extendLocks', { [TelemetryAttributes.WorkerJobsToExtendLocks]: event.jobIds });
    } else if (event.event === 'stalled') {
      this.note('moveStalledJobsToWait', { [TelemetryAttributes.WorkerStalledJobs]: [event.jobId] });
    }
  }

  protected override process(run: Run<Data, Result, Name, Progress>): Promise<void> {
    const spans = this.open(run);
    return spans ? spans.process.in(() => super.process(run)) : super.process(run);
  }

  protected override ended(run: Run<Data, Result, Name, Progress>, end: RunEnd): void {
    super.ended(run, end);
    const spans = this.spans.get(run.number);
    if (!spans) {
      return;
    }
    if (end.outcome === 'completed') {
      this.tracing.guard(() => {
        spans.complete = startComplete(this.tracing, run.job);
      });
    } else if (end.outcome !== 'failed') {
      this.tracing.guard(() => {
        if (end.outcome === 'rate-limited') {
          this.tracing.measurements?.ended(run.job, 'waiting');
        }
        this.tell(spans.process, run);
      });
      this.close(run.number);
    }
  }

  protected override completed(event: EventOf<'completed'>, returnvalue: string): void {
    const run = this.runs.get(event.run);
    this.inside(event.run, () => {
      super.completed(event, returnvalue);
    });
    if (run) {
      this.conclude(run, 'completed', (spans) => {
        spans.process.event('job completed', {
          [TelemetryAttributes.JobResult]: returnvalue === '' ? JSON.stringify(run.result) : returnvalue,
        });
      });
    }
  }

  protected override failed(event: EventOf<'failed'>, stacktrace: string): void {
    const run = this.runs.get(event.run);
    const state = event.finishedOn !== undefined ? 'failed' : event.delay > 0 ? 'delayed' : 'retried';
    this.inside(event.run, () => {
      super.failed(event, stacktrace);
    });
    if (run) {
      this.conclude(run, state, (spans) => {
        spans.process.in(() => {
          noteFailure(this.tracing, run.job, state);
        });
        spans.process.event('job failed', { [TelemetryAttributes.JobFailedReason]: run.job.failedReason });
      });
    }
  }

  protected override failedWithoutTrace(event: EventOf<'error'>): void {
    super.failedWithoutTrace(event);
    for (const [run, spans] of this.spans.entries()) {
      if (!this.runs.has(run)) {
        this.tracing.guard(() => {
          spans.complete?.exception(event.error.message);
          spans.process.exception(event.error.message);
        });
        this.close(run);
      }
    }
  }

  private open(run: Run<Data, Result, Name, Progress> | undefined): RunSpans | undefined {
    return (
      run &&
      this.tracing.guard(() => {
        const { job, number } = run;
        const process = this.tracing.start({
          operation: 'process',
          kind: SpanKind.CONSUMER,
          metadata: job.opts.telemetry?.metadata,
          attributes: { ...this.attributes, [TelemetryAttributes.JobId]: job.id },
        });
        const spans = { process };
        this.spans.set(number, spans);
        return spans;
      })
    );
  }

  /** Writes down an end that Redis shows, and ends the run's spans. */
  private conclude(
    run: Run<Data, Result, Name, Progress>,
    state: MeasuredState,
    describe: (spans: RunSpans) => void,
  ): void {
    this.tracing.guard(() => {
      this.tracing.measurements?.ended(run.job, state);
      const spans = this.spans.get(run.number);
      if (spans) {
        describe(spans);
        spans.process.set({ [TelemetryAttributes.JobAttemptsMade]: run.job.attemptsMade });
        this.tell(spans.process, run);
      }
    });
    this.close(run.number);
  }

  private tell(span: OpenSpan, { job }: Run<Data, Result, Name, Progress>): void {
    span.set({
      [TelemetryAttributes.JobName]: job.name,
      [TelemetryAttributes.JobAttemptFinishedTimestamp]: job.finishedOn ?? Date.now(),
      [TelemetryAttributes.JobProcessedTimestamp]: job.processedOn,
    });
  }

  private close(run: number | string): void {
    const spans = this.spans.take(run);
    this.tracing.guard(() => {
      spans?.complete?.end();
      spans?.process.end();
    });
  }

  /** Something the engine did, as a span that only tells of it. */
  private note(operation: string, attributes: Attributes): void {
    this.tracing.guard(() => {
      this.tracing.start({ operation, attributes: { ...this.attributes, ...attributes } }).end();
    });
  }

  private inside(run: number, emit: () => void): void {
    const spans = this.spans.get(run);
    if (spans) {
      spans.process.in(emit);
    } else {
      emit();
    }
  }
}
