import { section } from '../scenario';
import type { World } from '../world';

/** Two jobs of every state that needs no flow. */
async function populate({ queue, work, take }: World): Promise<void> {
  for (const name of ['fine', 'bad', 'fine', 'bad']) await queue.add(name, {});
  await work((job) => (job.name === 'fine' ? Promise.resolve(1) : Promise.reject(new Error('boom'))));
  for (let i = 0; i < 4; i += 1) await queue.add('waiting', { i });
  for (const token of ['token-1', 'token-2']) await take(token);
  for (const delay of [2000, 1000]) await queue.add('delayed', {}, { delay });
  for (const priority of [2, 1]) await queue.add('prioritised', {}, { priority });
}

const ids = (jobs: { id?: string | undefined }[]): (string | undefined)[] => jobs.map((job) => job.id);

export const getters = section('getters', {
  async *'no job without an id'({ queue }) {
    yield [await queue.getJob(undefined as unknown as string), await queue.getJob('')];
  },
  async *counts(world) {
    const { queue } = world;
    yield await queue.getJobCounts();
    await populate(world);
    yield await queue.getJobCounts();
    yield await queue.getJobCounts('completed', 'failed', 'completed');
    yield await queue.getJobCountByTypes('waiting', 'delayed');
    yield await queue.count();
    yield await Promise.all([
      ...[queue.getCompletedCount(), queue.getFailedCount(), queue.getDelayedCount(), queue.getActiveCount()],
      ...[queue.getPrioritizedCount(), queue.getWaitingCount(), queue.getWaitingChildrenCount()],
    ]);
  },
  async *'jobs of each state'(world) {
    const { queue } = world;
    await populate(world);
    yield [await queue.getWaiting(), await queue.getActive(), await queue.getDelayed(), await queue.getPrioritized()];
    yield [await queue.getCompleted(), await queue.getFailed(), await queue.getWaitingChildren()];
  },
  async *'order and ranges'(world) {
    const { queue } = world;
    await populate(world);
    for (const type of ['waiting', 'active', 'delayed', 'prioritized', 'completed', 'failed'] as const) {
      yield [
        ids(await queue.getJobs([type])),
        ids(await queue.getJobs([type], 0, 0)),
        ids(await queue.getJobs(type, 1, 5, true)),
      ];
      yield [ids(await queue.getJobs([type], -1, -1)), ids(await queue.getJobs([type], 7, 9, true))];
    }
    yield ids(await queue.getJobs());
    yield ids(await queue.getJobs(['waiting', 'completed', 'waiting'], 0, 2, true));
    yield [ids(await queue.getWaiting(0, 0)), ids(await queue.getCompleted(1, 1)), ids(await queue.getDelayed(0, 0))];
  },
  async *getRanges(world) {
    await populate(world);
    yield await world.queue.getRanges(['waiting'], 0, -1);
    yield await world.queue.getRanges(['waiting', 'failed'], 0, 0, true);
  },
  async *'states of jobs'(world) {
    await populate(world);
    const { queue } = world;
    const jobs = await queue.getJobs();
    yield await Promise.all(
      jobs.map(async (job) => [job.id, await job.getState(), await queue.getJobState(job.id ?? '')]),
    );
    yield await Promise.all(
      jobs.map((job) => Promise.all([job.isCompleted(), job.isFailed(), job.isDelayed(), job.isWaiting()])),
    );
    yield await queue.getJobState('nobody');
  },
  async *'a job that does not exist'({ queue, api }) {
    yield await queue.getJob('nobody');
    yield await api.Job.fromId(queue, 'nobody');
  },
  async *'a vanished job is skipped'({ queue, redis, prefix }) {
    for (let i = 0; i < 4; i += 1) await queue.add('job', { i });
    await redis.del(`${prefix}:compat:2`);
    yield ids(await queue.getWaiting());
    yield ids(await queue.getWaiting(0, 1));
  },
  async *'meta and version'({ queue }) {
    yield [await queue.getMeta(), await queue.getVersion(), queue.metaValues];
  },
  async *'names and keys'({ queue }) {
    yield [queue.name, queue.qualifiedName, queue.toKey('wait'), queue.toKey('x:lock')];
    yield await queue.waitUntilReady();
    yield queue.keys;
  },
  async *'a job as JSON'(world) {
    await populate(world);
    const jobs = await world.queue.getJobs();
    yield jobs.map((job) => Object.keys(JSON.parse(JSON.stringify(job)) as object).sort());
    yield jobs.map((job) => ({ ...job.asJSON(), stacktrace: undefined }));
  },
  async *'Job.fromJSON is the inverse of asJSON'({ queue, api }) {
    const job = await queue.add('job', { x: [1] }, { attempts: 2, delay: 5, priority: 3 });
    yield api.Job.fromJSON(queue, job.asJSON()).asJSON();
  },
});

export const customSettings = section(
  'settings of the queue',
  {
    async *'maxLen of the event stream'({ queue }) {
      yield [await queue.getMeta(), queue.metaValues];
    },
  },
  { streams: { events: { maxLen: 77 } } },
);

export const noSettings = section(
  'skipMetasUpdate',
  {
    async *'writes nothing'({ queue }) {
      yield await queue.getVersion();
      yield await queue.getMeta();
      yield await queue.add('job', {});
    },
  },
  { skipMetasUpdate: true },
);
