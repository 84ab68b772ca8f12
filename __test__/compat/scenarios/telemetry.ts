import type { DefaultJobOptions, Queue, QueueOptions, Telemetry } from 'bullmq';

import { RecordingTelemetry } from '../../support/recording-telemetry';
import { section, thrownBy } from '../scenario';
import type { World } from '../world';

const resolved = (): Promise<void> => Promise.resolve();
const boom = (): Promise<void> => Promise.reject(new Error('boom'));

/** A telemetry that records, and a queue that uses it. */
async function traced(
  { newQueue }: World,
  options: Partial<QueueOptions> = {},
): Promise<{ telemetry: Telemetry & RecordingTelemetry; queue: Queue }> {
  const telemetry = new RecordingTelemetry() as Telemetry & RecordingTelemetry;
  return { telemetry, queue: await newQueue({ telemetry, ...options }) };
}

const OWN = JSON.stringify({ span: 'own' });

export const telemetryOfQueues = section('telemetry of a queue', {
  async *add(world) {
    const { telemetry, queue } = await traced(world);
    yield [await queue.add('job', { x: 1 }), telemetry.take()];
    yield [await queue.add('job', {}, { delay: 5000, jobId: 'custom' }), telemetry.take()];
    yield [await queue.add('job', {}, { telemetry: { omitContext: true } }), telemetry.take()];
    yield [await queue.add('job', {}, { telemetry: { metadata: OWN } }), telemetry.take()];
    yield [await queue.add('job', {}, { telemetry: { metadata: OWN, omitContext: true } }), telemetry.take()];
  },
  async *'add that is refused'(world) {
    const { telemetry, queue } = await traced(world);
    yield [await thrownBy(() => queue.add('job', {}, { jobId: '5' })), telemetry.take()];
    yield [await thrownBy(() => queue.addBulk([{ name: 'job', data: {}, opts: { jobId: '5' } }])), telemetry.take()];
  },
  async *'defaults of the queue do not leave the context out'(world) {
    const { telemetry, queue } = await traced(world, {
      defaultJobOptions: { telemetry: { omitContext: true } } as DefaultJobOptions,
    });
    yield [await queue.add('job', {}), telemetry.take()];
  },
  async *addBulk(world) {
    const { telemetry, queue } = await traced(world);
    yield await queue.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {}, opts: { telemetry: { metadata: OWN } } },
      { name: 'c', data: {}, opts: { telemetry: { metadata: OWN, omitContext: true } } },
    ]);
    yield telemetry.take();
    yield [await queue.addBulk([]), telemetry.take()];
  },
  async *'a span inside another'(world) {
    const { telemetry, queue } = await traced(world);
    await telemetry.contextManager.with({ span: 'request' }, () => queue.add('job', {}));
    yield telemetry.take();
  },
  async *maintenance(world) {
    const { telemetry, queue } = await traced(world);
    yield [await queue.pause(), telemetry.take()];
    yield [await queue.resume(), telemetry.take()];
    yield [await queue.drain(), await queue.drain(true), telemetry.take()];
    yield [await queue.clean(0, 10, 'wait'), await queue.clean(5, 3), telemetry.take()];
    yield [await queue.retryJobs(), await queue.retryJobs({ state: 'completed', count: 5 }), telemetry.take()];
    yield [await queue.promoteJobs(), await queue.trimEvents(5), telemetry.take()];
    yield [await queue.rateLimit(60_000), await queue.removeDeduplicationKey('id'), telemetry.take()];
    await queue.removeRateLimitKey();
    yield [await queue.obliterate({ force: true }), telemetry.take()];
    yield [await queue.close(), telemetry.take()];
  },
  async *'operations on a job by its id'(world) {
    const { telemetry, queue } = await traced(world);
    await world.queue.add('job', {});
    yield [await queue.updateJobProgress('1', { done: 1 }), telemetry.take()];
    yield [await thrownBy(() => queue.updateJobProgress('none', 5)), telemetry.take()];
    yield [await queue.remove('1'), await queue.remove('none', { removeChildren: false }), telemetry.take()];
    yield [await queue.getJobCounts(), await queue.isPaused(), telemetry.take()];
  },
});

export const telemetryOfWorkers = section('telemetry of a worker', {
  async *'jobs of a queue with telemetry'(world) {
    const { telemetry, queue } = await traced(world);
    await queue.add('job', {});
    await queue.add('job', {}, { telemetry: { omitContext: true } });
    telemetry.take();
    const inside: unknown[] = [];
    await world.work(
      (job) => {
        inside.push(telemetry.current);
        return Promise.resolve({ id: job.id });
      },
      { telemetry, name: 'worker-1' },
    );
    yield [inside, telemetry.take()];
  },
  async *'jobs of a queue without telemetry'(world) {
    const telemetry = new RecordingTelemetry() as Telemetry & RecordingTelemetry;
    await world.queue.add('job', {});
    await world.work(resolved, { telemetry });
    yield telemetry.take();
  },
  async *'jobs that a processor adds'(world) {
    const { telemetry, queue } = await traced(world);
    await queue.add('outer', {});
    await world.work(
      async (job) => {
        if (job.name === 'outer') await queue.add('inner', {});
      },
      { telemetry, ends: 2 },
    );
    yield telemetry.take();
  },
  async *'a job that fails'(world) {
    const { telemetry, queue } = await traced(world);
    await queue.add('job', {});
    await world.work(boom, { telemetry, ends: 1 });
    yield telemetry.take();
  },
  async *'a job that is tried again at once'(world) {
    const { telemetry, queue } = await traced(world);
    await queue.add('job', {}, { attempts: 2 });
    await world.work(boom, { telemetry, ends: 2 });
    yield telemetry.take();
  },
  async *'a job that is tried again later'(world) {
    const { telemetry, queue } = await traced(world);
    await queue.add('job', {}, { attempts: 2, backoff: 60_000 });
    await world.work(boom, { telemetry, ends: 1 });
    yield telemetry.take();
  },
  async *'jobs that move themselves'(world) {
    const { telemetry, queue } = await traced(world);
    const { api, clock } = world;
    await queue.add('delayed', {});
    await queue.add('waiting', {});
    await world.work(
      async (job, token) => {
        if (job.name === 'delayed') {
          await job.moveToDelayed(clock.now + 60_000, token);
          throw new api.DelayedError();
        }
        if (job.attemptsStarted > 1) return;
        await job.moveToWait(token);
        throw new api.WaitingError();
      },
      { telemetry, ends: 1 },
    );
    yield telemetry.take();
  },
  async *'manual processing'(world) {
    const { telemetry, queue } = await traced(world);
    for (const name of ['a', 'b', 'c']) await queue.add(name, {}, { attempts: name === 'c' ? 2 : 1 });
    telemetry.take();
    const worker = world.manualWorker({ telemetry });
    const [a, b, c] = [
      await worker.getNextJob('t1', { block: false }),
      await worker.getNextJob('t2', { block: false }),
      await worker.getNextJob('t3', { block: false }),
    ];
    yield [await worker.getNextJob('t4', { block: false }), telemetry.take()];
    yield [await a.moveToCompleted('done', 't1', false), telemetry.take()];
    yield [await b.moveToFailed(new Error('boom'), 't2', false), telemetry.take()];
    await c.moveToFailed(new Error('boom'), 't3', false);
    yield telemetry.take();
  },
  async *methods(world) {
    const { telemetry } = await traced(world);
    const worker = world.manualWorker({ telemetry, name: 'worker-1' });
    yield [await worker.pause(), await worker.pause(true), telemetry.take()];
    yield [await worker.resume(), telemetry.take()];
    yield [await worker.close(), telemetry.take()];
    const nameless = world.manualWorker({ telemetry });
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- people call it all the same
    yield [await nameless.rateLimit(60_000), telemetry.take()];
  },
});
