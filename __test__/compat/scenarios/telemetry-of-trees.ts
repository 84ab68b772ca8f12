import type { Telemetry } from 'bullmq';

import { RecordingTelemetry } from '../../support/recording-telemetry';
import { leaf, parent } from '../flow-trees';
import { section, thrownBy } from '../scenario';
import { QUEUE_NAME } from '../world';

const MINUTE_MS = 60_000;
const OWN = JSON.stringify({ span: 'own' });

function recording(): Telemetry & RecordingTelemetry {
  return new RecordingTelemetry() as Telemetry & RecordingTelemetry;
}

export const telemetryOfFlows = section('telemetry of a flow producer', {
  async *'a flow over several levels'(world) {
    const telemetry = recording();
    const flows = world.newFlows({ telemetry });
    await flows.add(parent('root', [parent('twig', [leaf('bud')]), leaf('leaf')]));
    yield telemetry.take();
  },
  async *'a job with a context of its own keeps it'(world) {
    const telemetry = recording();
    const flows = world.newFlows({ telemetry });
    await flows.add(parent('root', [leaf('a', { telemetry: { metadata: OWN } }), leaf('b')]));
    yield telemetry.take();
  },
  async *'several flows'(world) {
    const telemetry = recording();
    const flows = world.newFlows({ telemetry });
    await flows.addBulk([parent('root', [leaf('a')]), leaf('alone')]);
    yield telemetry.take();
    yield [await flows.addBulk([]), telemetry.take()];
  },
  async *'inside a span'(world) {
    const telemetry = recording();
    const flows = world.newFlows({ telemetry });
    await telemetry.contextManager.with({ span: 'request' }, () => flows.add(leaf('alone')));
    yield telemetry.take();
  },
  async *'a root whose parent does not exist'(world) {
    const telemetry = recording();
    const flows = world.newFlows({ telemetry });
    const none = { id: 'none', queue: `${world.prefix}:${QUEUE_NAME}` };
    const orphan = { name: 'orphan', queueName: QUEUE_NAME, opts: { jobId: 'orphan', parent: none } };
    yield [await thrownBy(() => flows.add(orphan)), telemetry.take()];
  },
  async *'reading and closing'(world) {
    const telemetry = recording();
    const flows = world.newFlows({ telemetry });
    yield [await flows.getFlow({ queueName: QUEUE_NAME, id: 'none', prefix: world.prefix }), telemetry.take()];
    yield [await flows.close(), telemetry.take()];
  },
  async *'jobs of a flow run inside the trace'(world) {
    const telemetry = recording();
    await world.newFlows({ telemetry }).add(parent('root', [leaf('a')]));
    telemetry.take();
    await world.work(() => Promise.resolve(), { telemetry });
    yield telemetry.take();
  },
  async *'a job that begins to wait for its children'(world) {
    const telemetry = recording();
    await world.queue.add('parent', {}, { jobId: 'parent' });
    await world.work(
      async (job, token) => {
        if (job.name === 'child' || job.attemptsStarted > 1) return;
        const address = { id: job.id ?? '', queue: job.queueQualifiedName };
        await world.queue.add('child', {}, { jobId: 'child', parent: address });
        if (await job.moveToWaitingChildren(token ?? '')) throw new world.api.WaitingChildrenError();
      },
      { telemetry, ends: 2 },
    );
    yield telemetry.take();
  },
  async *'a job that need not wait for children'(world) {
    const telemetry = recording();
    await world.queue.add('parent', {}, { jobId: 'parent' });
    await world.work((job, token) => job.moveToWaitingChildren(token ?? ''), { telemetry });
    yield telemetry.take();
  },
});

export const telemetryOfSchedulers = section('telemetry of schedulers', {
  async *'the first job of an interval'(world) {
    const telemetry = recording();
    const queue = await world.newQueue({ telemetry });
    await queue.upsertJobScheduler('s', { every: MINUTE_MS }, { name: 'tick' });
    yield telemetry.take();
  },
  async *'a job named after its scheduler'(world) {
    const telemetry = recording();
    const queue = await world.newQueue({ telemetry });
    await queue.upsertJobScheduler('s', { pattern: '0 0 1 1 *', tz: 'UTC' });
    yield telemetry.take();
  },
  async *'a template with a context of its own'(world) {
    const telemetry = recording();
    const queue = await world.newQueue({ telemetry });
    await queue.upsertJobScheduler('s', { every: MINUTE_MS }, { opts: { telemetry: { metadata: OWN } } });
    yield telemetry.take();
  },
  async *'reading and removing'(world) {
    const telemetry = recording();
    const queue = await world.newQueue({ telemetry });
    await queue.upsertJobScheduler('s', { every: MINUTE_MS });
    telemetry.take();
    yield [await queue.getJobSchedulersCount(), await queue.removeJobScheduler('s'), telemetry.take()];
  },
});
