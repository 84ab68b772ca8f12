import { context, metrics, propagation, trace, SpanKind as OtelSpanKind } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { BullMQOtel } from 'bullmq-otel';

import { FlowProducer, Queue, Worker, imageProcessor, type Telemetry, type WorkerOptions } from '..';
import { temporaryFolder } from './support/folder';
import { RecordingTelemetry } from './support/recording-telemetry';
import { redisUrl, uniquePrefix } from './support/redis';

const connection = { url: redisUrl() };
const open: { close(): Promise<unknown> }[] = [];

function opened<T extends { close(): Promise<unknown> }>(closable: T): T {
  open.push(closable);
  return closable;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((closable) => closable.close()));
});

/** Runs one job through a queue and a worker with telemetry, to its end in either way. */
async function runOne(
  telemetry: Telemetry,
  processor: ConstructorParameters<typeof Worker>[1],
  { name = 'job', data = {}, ...options }: Partial<WorkerOptions> & { name?: string; data?: unknown } = {},
): Promise<Worker> {
  const prefix = uniquePrefix();
  const queue = opened(new Queue('traced', { connection, prefix, telemetry }));
  const worker = opened(new Worker('traced', processor, { connection, prefix, telemetry, ...options }));
  const ended = new Promise((resolve) => {
    worker.on('completed', resolve);
    worker.on('failed', resolve);
  });
  await queue.add(name, data);
  await ended;
  await worker.close();
  return worker;
}

describe('with bullmq-otel and OpenTelemetry', () => {
  const spans = new InMemorySpanExporter();
  const measurements = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: measurements });

  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }));
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  });
  afterAll(async () => {
    await reader.shutdown();
    for (const api of [context, propagation, trace, metrics]) api.disable();
  });
  beforeEach(() => {
    spans.reset();
  });

  const span = (name: string): ReadableSpan => {
    const found = spans.getFinishedSpans().find((finished) => finished.name === name);
    if (!found) throw new Error(`no span ${name}`);
    return found;
  };

  test('one trace leads from the producer through Redis to the processor and what it calls', async () => {
    const telemetry = new BullMQOtel({ tracerName: 'test' });
    const tracer = trace.getTracer('application');
    await tracer.startActiveSpan('request', async (request) => {
      await runOne(telemetry, async () => {
        tracer.startSpan('work').end();
        return Promise.resolve('done');
      });
      request.end();
    });
    const [request, add, process, work, complete] = [
      ...([span('request'), span('add traced.job'), span('process traced')] as const),
      ...([span('work'), span('complete traced')] as const),
    ];
    expect(add).toMatchObject({
      kind: OtelSpanKind.PRODUCER,
      parentSpanContext: { spanId: request.spanContext().spanId },
    });
    expect(process).toMatchObject({
      kind: OtelSpanKind.CONSUMER,
      parentSpanContext: { spanId: add.spanContext().spanId },
    });
    expect(work.parentSpanContext?.spanId).toBe(process.spanContext().spanId);
    expect(complete.parentSpanContext?.spanId).toBe(process.spanContext().spanId);
    const traces = [add, process, work, complete].map((each) => each.spanContext().traceId);
    expect(new Set(traces)).toEqual(new Set([request.spanContext().traceId]));
    expect(process.events).toMatchObject([{ name: 'job completed', attributes: { 'bullmq.job.result': '"done"' } }]);
  });

  test('one trace leads from the producer of a flow to all its jobs', async () => {
    const telemetry = new BullMQOtel({ tracerName: 'test' });
    const prefix = uniquePrefix();
    const flows = opened(new FlowProducer({ connection, prefix, telemetry }));
    const worker = opened(new Worker('traced', () => Promise.resolve(), { connection, prefix, telemetry }));
    const ended = new Promise<void>((resolve) => {
      worker.on('completed', ({ name }) => {
        if (name === 'album') resolve();
      });
    });
    await flows.add({ name: 'album', queueName: 'traced', children: [{ name: 'page', queueName: 'traced' }] });
    await ended;
    await worker.close();
    const finished = spans.getFinishedSpans();
    const flow = span('addFlow traced');
    expect(flow).toMatchObject({ kind: OtelSpanKind.PRODUCER, attributes: { 'bullmq.flow.name': 'album' } });
    const nodes = finished.filter(({ name }) => name === 'addNode traced');
    const [album, page] = ['album', 'page'].map((name) =>
      nodes.find(({ attributes }) => attributes['bullmq.job.name'] === name),
    );
    expect(album?.parentSpanContext?.spanId).toBe(flow.spanContext().spanId);
    expect(page?.parentSpanContext?.spanId).toBe(album?.spanContext().spanId);
    const processed = finished.filter(({ name }) => name === 'process traced');
    expect(processed.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
      page?.spanContext().spanId,
      album?.spanContext().spanId,
    ]);
    expect(new Set(finished.slice(0, -1).map((each) => each.spanContext().traceId))).toEqual(
      new Set([flow.spanContext().traceId]),
    );
  });

  test('jobs are counted and timed', async () => {
    const telemetry = new BullMQOtel({ enableMetrics: true });
    await runOne(telemetry, () => Promise.resolve());
    await reader.forceFlush();
    const taken = measurements
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const names = taken.map(({ descriptor }) => descriptor.name);
    expect(names).toEqual(expect.arrayContaining(['bullmq.jobs.completed', 'bullmq.job.duration']));
  });
});

test('a job that runs in Rust has a span of its own', async () => {
  const telemetry = new RecordingTelemetry();
  const folder = await temporaryFolder();
  const processors = { 'process-image': imageProcessor({ storage: `file:${folder.path}` }) };
  await runOne(telemetry, processors, { name: 'process-image', data: { nonsense: true } });
  await folder.remove();
  expect(telemetry.take().spans.filter(({ name }) => name !== 'close traced')).toMatchObject([
    { name: 'add traced.process-image', ends: 1 },
    { name: 'process traced', parent: '<add traced.process-image>', ends: 1, attributes: { 'bullmq.job.id': '1' } },
    { name: 'fail traced', parent: 'process traced', ends: 1 },
  ]);
});

test('telemetry that throws is an error event and harms no job', async () => {
  const errors: string[] = [];
  const prefix = uniquePrefix();
  const queue = opened(new Queue('traced', { connection, prefix }));
  const { contextManager } = new RecordingTelemetry();
  const startSpan = (): never => {
    throw new Error('no tracer today');
  };
  const broken = { contextManager, tracer: { startSpan } };
  const worker = opened(new Worker('traced', () => Promise.resolve('fine'), { connection, prefix, telemetry: broken }));
  worker.on('error', ({ message }) => errors.push(message));
  const completed = new Promise((resolve) => {
    worker.on('completed', (_, result) => {
      resolve(result);
    });
  });
  await queue.add('job', {});
  expect(await completed).toBe('fine');
  expect(new Set(errors)).toEqual(new Set(['no tracer today']));
});

test('queues and workers without telemetry keep the methods of their class', () => {
  const queue = opened(new Queue('plain', { connection, prefix: uniquePrefix() }));
  expect(Object.keys(Object.getOwnPropertyDescriptors(queue))).not.toContain('add');
});
