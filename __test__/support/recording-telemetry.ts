import { AsyncLocalStorage } from 'node:async_hooks';

import type { Counter, Gauge, Histogram, Span } from '../..';

/** A span as it was recorded. */
export interface RecordedSpan {
  name: string;
  kind: number | undefined;
  /** Name of the parent span; of a span in another process, in angle brackets. */
  parent: string | null;
  attributes: Record<string, unknown>;
  events: unknown[];
  exceptions: string[];
  /** How often it was ended. */
  ends: number;
}

/** A measurement: the instrument's kind and name, and the attributes; the value where it is a count. */
export type Measurement = [instrument: string, name: string, attributes: unknown, value?: number];

interface Context {
  span: string | null;
}

/** Spans that only tell what a library does at its own pace. */
const HOUSEKEEPING = /^(startStalledCheckTimer|moveStalledJobsToWait|extendLocks) /;

/** A `Telemetry` that writes down what it is told, for BullMQ and for this package alike. */
export class RecordingTelemetry {
  readonly spans: RecordedSpan[] = [];
  readonly measurements: Measurement[] = [];
  readonly #storage = new AsyncLocalStorage<Context>();

  /** What was recorded since this was last asked. */
  take(): { spans: RecordedSpan[]; measurements: Measurement[] } {
    const spans = this.spans.splice(0).filter(({ name }) => !HOUSEKEEPING.test(name));
    return { spans, measurements: this.measurements.splice(0) };
  }

  /** Name of the span that the caller runs in. */
  get current(): string | null {
    return this.contextManager.active().span;
  }

  readonly tracer = {
    startSpan: (
      name: string,
      options?: { kind: number },
      context: Context = this.contextManager.active(),
    ): Span<Context> => {
      const span: RecordedSpan = {
        ...{ name, kind: options?.kind, parent: context.span },
        ...{ attributes: {}, events: [], exceptions: [], ends: 0 },
      };
      this.spans.push(span);
      return spanOf(span);
    },
  };

  readonly contextManager = {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the interface's signature
    with: <F extends (...args: any[]) => any>(context: Context, fn: F): ReturnType<F> =>
      this.#storage.run(context, fn) as ReturnType<F>,
    active: (): Context => this.#storage.getStore() ?? this.contextManager.root(),
    root: (): Context => ({ span: null }),
    getMetadata: (context: Context): string => JSON.stringify(context),
    fromMetadata: (_: Context, metadata: string): Context => {
      const { span } = JSON.parse(metadata) as Context;
      return { span: `<${String(span)}>` };
    },
  };

  readonly meter = {
    createCounter: (name: string): Counter => ({
      add: (value: number, attributes?: unknown) => this.measurements.push(['counter', name, attributes, value]),
    }),
    createHistogram: (name: string): Histogram => ({
      record: (value: number, attributes?: unknown) => this.measurements.push(['histogram', name, attributes, value]),
    }),
    createGauge: (name: string): Gauge => ({
      record: (value: number, attributes?: unknown) => this.measurements.push(['gauge', name, attributes, value]),
    }),
  };
}

function spanOf(recorded: RecordedSpan): Span<Context> {
  const setAttributes = (attributes: object): void => {
    Object.assign(recorded.attributes, attributes);
  };
  return {
    setSpanOnContext: (): Context => ({ span: recorded.name }),
    setAttribute: (key: string, value: unknown): void => {
      setAttributes({ [key]: value });
    },
    setAttributes,
    addEvent: (name: string, attributes?: unknown): void => {
      recorded.events.push([name, attributes]);
    },
    recordException: (exception: unknown) => {
      recorded.exceptions.push(exception instanceof Error ? exception.message : (exception as string));
    },
    end: (): void => {
      recorded.ends += 1;
    },
  };
}
