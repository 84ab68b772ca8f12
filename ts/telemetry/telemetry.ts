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
  setAttribute(key: string, value: AttributeValue): void;
  setAttributes(attributes: Attributes): void;
  addEvent(name: string, attributes?: Attributes): void;
  recordException(exception: Exception, time?: Time): void;
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
  createCounter(name: string, options?: MetricOptions): Counter;
  createHistogram(name: string, options?: MetricOptions): Histogram;
  createGauge(name: string, options?: MetricOptions): Gauge;
}

/** What an instrument measures. */
export interface MetricOptions {
  description?: string;
  unit?: string;
}

/** Counts things that happened. */
export interface Counter {
  add(value: number, attributes?: Attributes): void;
}

/** Takes the distribution of values. */
export interface Histogram {
  record(value: number, attributes?: Attributes): void;
}

/** Takes a value that goes up and down. */
export interface Gauge {
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

interface CodeException {
  code: string | number;
  name?: string;
  message?: string;
  stack?: string;
}

interface MessageException {
  code?: string | number;
  name?: string;
  message: string;
  stack?: string;
}

interface NameException {
  code?: string | number;
  name: string;
  message?: string;
  stack?: string;
}

/** A point in time: seconds and nanoseconds, ms since the Unix epoch, or a date. */
export type Time = [seconds: number, nanoseconds: number] | number | Date;
