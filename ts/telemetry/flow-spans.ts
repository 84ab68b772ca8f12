import type { JobNode } from '../flow-lines';
import type { FlowJob, FlowJobNode } from '../options/flow-options';
import type { JobsOptions } from '../options/job-options';
import { bulkOptionsCarrying } from './job-context';
import { SpanKind, TelemetryAttributes } from './names';
import type { OpenSpan } from './open-span';
import type { SpanRequest, Tracing } from './tracing';

/** The span of adding one flow. */
export function addFlowSpan({ name, queueName }: FlowJob): SpanRequest {
  return {
    operation: 'addFlow',
    queueName,
    kind: SpanKind.PRODUCER,
    attributes: { [TelemetryAttributes.FlowName]: name },
  };
}

/** The span of adding several flows. It is about no queue. */
export function addBulkFlowsSpan(flows: readonly FlowJob[]): SpanRequest {
  return {
    operation: 'addBulkFlows',
    queueName: '',
    kind: SpanKind.PRODUCER,
    attributes: {
      [TelemetryAttributes.BulkCount]: flows.length,
      [TelemetryAttributes.BulkNames]: flows.map(({ name }) => name).join(','),
    },
  };
}

/** The spans of the jobs of one call: each is a child of its parent job's, and its job carries its context. */
export class NodeSpans {
  /** In the order in which the jobs cross to the engine: parents first, level by level. */
  private readonly spans: (OpenSpan | undefined)[] = [];

  constructor(private readonly tracing: Tracing) {}

  /** Starts the span of a job and answers the options with which the job carries it. `parent`: position of the parent job. */
  open({ name, queueName }: FlowJob | FlowJobNode, opts: JobsOptions, parent: number | undefined): JobsOptions {
    const request = {
      operation: 'addNode',
      queueName,
      kind: SpanKind.PRODUCER,
      attributes: { [TelemetryAttributes.JobName]: name },
    };
    const above = parent === undefined ? undefined : this.spans[parent];
    const start = (): OpenSpan => this.tracing.start(request);
    const span = this.tracing.guard(() => (above ? above.in(start) : start()));
    this.spans.push(span);
    return (span && this.tracing.guard(() => bulkOptionsCarrying(opts, span.metadata))) ?? opts;
  }

  /** The jobs were added: their ids are known. */
  added(roots: readonly JobNode[]): void {
    const nodes = [...roots];
    // The list grows while it is read.
    for (let position = 0; position < nodes.length; position += 1) {
      const { job, children = [] } = nodes[position] as JobNode;
      this.tracing.guard(() => this.spans[position]?.set({ [TelemetryAttributes.JobId]: job.id }));
      nodes.push(...children);
    }
  }

  /** Ends all spans. */
  end(): void {
    for (const span of this.spans) {
      this.tracing.guard(() => span?.end());
    }
  }
}
