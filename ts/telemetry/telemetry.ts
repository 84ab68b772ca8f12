import type { Untyped } from '../types';
import type { SpanKind } from './names';

/**
 * Where spans and measurements go, in BullMQ's words: `new BullMQOtel(...)` of the package `bullmq-otel` is one.
 *
 * `Context` is whatever the tracing library keeps its current span in.
 */
export interface Telemetry<Context = Untyped> {
  /** Makes spans. */
  tracer: Tracer<Context>;
  /** Knows the current span and carries it through Redis. */
  contextManager: ContextManager<Context>;
  /** Takes measurements. Default: none are taken. */
  meter?: Meter | undefined;
}

/** Makes spans. */
export interface Tracer<Context = Untyped> {
  /** Starts a span below the one of `context`, or below the current one. */
  startSpan(name: string, options?: SpanOptions, context?: Context): Span<Context>;
}

/** How a span is started. */
export interface SpanOptions {
  /** Its role. */
  kind: SpanKind;
}

/** One piece of work, from `startSpan` to `end`. */
export interface Span<Context = Untyped> {
  /** A context in which this span is the current one. */
  setSpanOnContext(context: Context): Context;
  /** Sets one attribute. */
  setAttribute(key: string, value: AttributeValue): void;
  /** Sets several. */
  setAttributes(attributes: Attributes): void;
  /** Records that something happened during the work. */
  addEvent(name: string, attributes?: Attributes): void;
  /** Records an error; without `time`, as of now. */
  recordException(exception: Exception, time?: Time): void;
  /** Ends the span; nothing may follow. */
  end(): void;
}

/** Knows the current context and translates contexts to text and back. */
export interface ContextManager<Context = Untyped> {
  /** Runs `fn` with `context` as the current one and answers what it answers. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- BullMQ's signature, which implementations repeat.
  with<F extends (...args: any[]) => any>(context: Context, fn: F): ReturnType<F>;
  /** The current context. */
  active(): Context;
  /** The context without a span. Default: work that belongs to nobody starts in the current one. */
  root?(): Context;
  /** The text that stands for `context` in a job's options. */
  getMetadata(context: Context): string;
  /** The context that a job's options carry, as a child of `activeContext`. */
  fromMetadata(activeContext: Context, metadata: string): Context;
}

/** Makes instruments; the same name may be asked for more than once. */
export interface Meter {
  /** For what only grows. */
  createCounter(name: string, options?: MetricOptions): Counter;
  /** For what is spread out, such as durations. */
  createHistogram(name: string, options?: MetricOptions): Histogram;
  /** For what goes up and down. */
  createGauge(name: string, options?: MetricOptions): Gauge;
}

/** What an instrument measures. */
export interface MetricOptions {
  /** For people. */
  description?: string;
  /** E.g. `ms`. */
  unit?: string;
}

/** Counts things that happened. */
export interface Counter {
  /** Adds `value`, which is not negative. */
  add(value: number, attributes?: Attributes): void;
}

/** Takes the distribution of values. */
export interface Histogram {
  /** Adds one value. */
  record(value: number, attributes?: Attributes): void;
}

/** Takes a value that goes up and down. */
export interface Gauge {
  /** Replaces the value. */
  record(value: number, attributes?: Attributes): void;
}

/** Attributes of a span, of an event in it or of a measurement. */
export type Attributes = Record<string, AttributeValue | undefined>;

/** A value of an attribute. */
export type AttributeValue =
  | string
  | number
  | boolean
  | (null | undefined | string)[]
  | (null | undefined | number)[]
  | (null | undefined | boolean)[];

/** An error as spans record it: its message, or an object with at least one of these. */
export type Exception = string | ExceptionType;

/** An error as an object. */
export type ExceptionType = CodeException | MessageException | NameException;

/** An error known by its code. */
export interface CodeException {
  /** Its code, e.g. `ECONNREFUSED`. */
  code: string | number;
  /** Name of its class. */
  name?: string;
  /** What went wrong. */
  message?: string;
  /** Where it was made. */
  stack?: string;
}

/** An error known by its message. */
export interface MessageException {
  /** Its code, e.g. `ECONNREFUSED`. */
  code?: string | number;
  /** Name of its class. */
  name?: string;
  /** What went wrong. */
  message: string;
  /** Where it was made. */
  stack?: string;
}

/** An error known by its name. */
export interface NameException {
  /** Its code, e.g. `ECONNREFUSED`. */
  code?: string | number;
  /** Name of its class. */
  name: string;
  /** What went wrong. */
  message?: string;
  /** Where it was made. */
  stack?: string;
}

/** A point in time: seconds and nanoseconds, ms since the Unix epoch, or a date. */
export type Time = [seconds: number, nanoseconds: number] | number | Date;
