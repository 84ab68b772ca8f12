import { Measurements } from './measurements';
import { SpanKind, TelemetryAttributes } from './names';
import { OpenSpan } from './open-span';
import type { Attributes, Telemetry } from './telemetry';

/** A span to be started. */
export interface SpanRequest {
  /** What is done; the first word of the span's name. */
  operation: string;
  /** What it is done to; the rest of the span's name. Default: the queue; `''` leaves it out. */
  destination?: string | undefined;
  /** The queue it is about, as an attribute. Default: that of the queue or worker; `''` for none. */
  queueName?: string | undefined;
  /** Default: internal. */
  kind?: SpanKind | undefined;
  /** Context of a job that leads to it, as its options carry it. Default: the current one. */
  metadata?: string | undefined;
  attributes?: Attributes | undefined;
}

/**
 * Spans and measurements of one queue, worker or flow producer whose `telemetry` option is set.
 *
 * Telemetry that throws is reported and otherwise has no effect.
 */
export class Tracing {
  /** Absent if the telemetry takes no measurements. */
  readonly measurements: Measurements | undefined;

  constructor(
    readonly telemetry: Telemetry,
    /** Queue that the spans are about. */
    readonly queueName: string,
    private readonly report: (error: unknown) => void,
  ) {
    this.measurements = telemetry.meter && new Measurements(telemetry.meter, queueName);
  }

  /** Starts a span. The caller ends it. */
  start({ operation, queueName = this.queueName, destination = queueName, ...request }: SpanRequest): OpenSpan {
    const { kind, metadata, attributes } = request;
    const { tracer, contextManager } = this.telemetry;
    const name = destination === '' ? operation : `${operation} ${destination}`;
    const parent: unknown = metadata ? contextManager.fromMetadata(contextManager.active(), metadata) : undefined;
    const options = { kind: kind ?? SpanKind.INTERNAL };
    const span = parent === undefined ? tracer.startSpan(name, options) : tracer.startSpan(name, options, parent);
    const open = new OpenSpan(this.telemetry, span, parent);
    open.set({
      [TelemetryAttributes.QueueName]: queueName,
      [TelemetryAttributes.QueueOperation]: operation,
    });
    open.set(attributes);
    return open;
  }

  /** Runs `work` inside a span that ends with it and records what it throws. The span is absent if it could not be started. */
  async run<T>(request: SpanRequest, work: (span: OpenSpan | undefined) => T | Promise<T>): Promise<T> {
    const span = this.guard(() => this.start(request));
    try {
      return await (span ? span.in(() => work(span)) : work(undefined));
    } catch (error) {
      this.guard(() => span?.exception(error));
      throw error;
    } finally {
      this.guard(() => span?.end());
    }
  }

  /** Does something with the user's telemetry; `undefined` if that throws. */
  guard<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  /** Runs what belongs to nobody, such as a worker's loop, outside of the span that happens to be the current one. */
  detached<T>(work: () => T): T {
    const { contextManager } = this.telemetry;
    return contextManager.root ? contextManager.with(contextManager.root(), work as () => never) : work();
  }
}
