import { toNativeConnection } from './connection/native-connection';
import { toNativeStrategy } from './connection/retry-strategy';
import { linesOfFlows, readAddedFlows, readFlow, type JobNode } from './flow-lines';
import { FlowQueue } from './flow-queue';
import { Job } from './job';
import { NativeFlowProducer } from './native';
import { answer, calling, toError } from './native-answer';
import type { FlowJob, FlowOpts, FlowProducerOptions, NodeOpts } from './options/flow-options';
import { SafeEmitter } from './safe-emitter';
import { addBulkFlowsSpan, addFlowSpan, NodeSpans } from './telemetry/flow-spans';
import { Tracing, type SpanRequest } from './telemetry/tracing';
import { endOfTurn } from './timers';

/** Listeners of a {@link FlowProducer}. */
export interface FlowProducerListener {
  /** Something went wrong that no caller is told of, or a listener threw. */
  error: (error: Error) => void;
}

/**
 * Adds flows: trees of jobs over any queues, in which a parent runs after its children have ended.
 *
 * ```ts
 * const flows = new FlowProducer({ connection: 'redis://127.0.0.1:6379' });
 * await flows.add({
 *   name: 'album',
 *   queueName: 'albums',
 *   children: [{ name: 'thumbnail', queueName: 'images', data: { path: '1.jpg' } }],
 * });
 * ```
 */
export class FlowProducer extends SafeEmitter<FlowProducerListener> {
  /** Set once {@link FlowProducer.close} has been called. */
  closing: Promise<void> | undefined;
  private readonly native: NativeFlowProducer;
  private readonly connectionKey: string;
  private readonly closeController = new AbortController();
  private readonly tracing: Tracing | undefined;

  /** @throws `Error` for a connection option that cannot work. */
  constructor(
    /** The options given. */
    readonly opts: FlowProducerOptions = {},
  ) {
    super();
    const { connection, retryStrategy } = toNativeConnection(opts.connection, { waits: false });
    this.connectionKey = JSON.stringify(connection);
    const { prefix, deadlineMs, telemetry } = opts;
    this.tracing = telemetry && new Tracing(telemetry, '', (error) => this.emitUnchecked('error', error));
    const options = JSON.stringify({ prefix, deadlineMs, connection });
    this.native = calling(() => new NativeFlowProducer(options, toNativeStrategy(retryStrategy)));
    this.native.watchConnection((code, message) => {
      if (!this.closing) {
        this.emit('error', toError({ code, message }));
      }
    });
  }

  /** The class of the jobs that are answered. */
  protected get Job(): typeof Job {
    return Job;
  }

  /**
   * Adds a flow and answers its jobs.
   *
   * All options are checked before anything is added. A flow of up to 256 jobs is added at one moment; of a larger one, children may
   * run before its root is added, but no parent before all its children are.
   *
   * @throws `Error` naming an option that cannot work, as from `queue.add`; `Deduplication options cannot be used on flow nodes with
   * children`; `ParentJobMissingError` (`code` -5) and `ParentNotReplaceableError` (-7) about the root's `parent`.
   */
  async add(flow: FlowJob, opts?: FlowOpts): Promise<JobNode> {
    return this.traced(addFlowSpan(flow), async () => {
      const [added] = await this.addFlows([flow], opts);
      if (!added) {
        throw new TypeError('a flow has a root');
      }
      if (added.refusal) {
        throw added.refusal;
      }
      return added.node;
    });
  }

  /**
   * Adds flows and answers their jobs. All options are checked before anything is added. Flows of up to 256 jobs together are added at
   * one moment.
   *
   * As in BullMQ, a root that is refused because of its `parent` leaves the other flows alone: its flow is answered although it was
   * not added. An `error` event tells why.
   */
  async addBulk(flows: FlowJob[]): Promise<JobNode[]> {
    const added = await this.traced(addBulkFlowsSpan(flows), () => this.addFlows(flows, undefined));
    for (const { refusal } of added) {
      if (refusal) {
        this.emit('error', refusal);
      }
    }
    return added.map(({ node }) => node);
  }

  /** Reads a job and the jobs below it; `undefined` if it does not exist. Jobs that were removed are left out. */
  async getFlow(opts: NodeOpts): Promise<JobNode | undefined> {
    const { queueName, id, prefix, depth, maxChildren } = opts;
    const lines = await answer(
      this.native.getFlow({
        queueName,
        id,
        ...(prefix !== undefined && { prefix }),
        ...(depth !== undefined && { depth }),
        ...(maxChildren !== undefined && { maxChildren }),
      }),
    );
    return lines ? readFlow(lines, this.Job, this.queues()) : undefined;
  }

  /**
   * Waits until Redis answers.
   *
   * @throws the connection error, such as `connect ECONNREFUSED 127.0.0.1:6379`, once `retryStrategy` gives up.
   */
  async waitUntilReady(): Promise<void> {
    await answer(this.native.waitUntilReady());
  }

  /** Lets go of the connection; calls under way are answered first. Also works while Redis is down, and twice. */
  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  /** Lets go of the connection without waiting for calls under way. */
  async disconnect(): Promise<void> {
    this.closeController.abort();
    await this.native.close(false);
  }

  private async shutDown(): Promise<void> {
    this.closeController.abort();
    await endOfTurn();
    await this.native.close(true);
  }

  private async addFlows(
    flows: readonly FlowJob[],
    opts: FlowOpts | undefined,
  ): Promise<ReturnType<typeof readAddedFlows>> {
    const spans = this.tracing && new NodeSpans(this.tracing);
    try {
      const { nodes, lines } = linesOfFlows(flows, opts?.queuesOptions ?? {}, spans);
      if (nodes.length === 0) {
        return [];
      }
      const text = await answer(this.native.add(lines.join('\n'), Date.now()));
      const added = readAddedFlows(text, nodes, this.Job, this.queues());
      spans?.added(added.map(({ node }) => node));
      return added;
    } finally {
      spans?.end();
    }
  }

  private traced<T>(request: SpanRequest, work: () => Promise<T>): Promise<T> {
    return this.tracing ? this.tracing.run(request, work) : work();
  }

  /** Queues of the jobs of one call, each made once. */
  private queues(): (name: string, prefix: string | undefined) => FlowQueue {
    const { opts, connectionKey, closeController } = this;
    const made = new Map<string, FlowQueue>();
    return (name, prefix) => {
      const key = `${prefix ?? ''}\n${name}`;
      let queue = made.get(key);
      if (!queue) {
        const native = calling(() => this.native.queue(name, prefix));
        const emit = (event: string, ...args: unknown[]) => this.emitUnchecked(event, ...args);
        queue = new FlowQueue(name, { native, opts, connectionKey, closeSignal: closeController.signal, emit });
        made.set(key, queue);
      }
      return queue;
    };
  }
}
