import { Cluster, Redis } from 'ioredis';

import { Queue, QueueEvents, Worker, type Job } from '..';
import { Load } from './support/load';
import { RedisCluster } from './support/redis-cluster';
import { until } from './support/until';

const TIMEOUT_MS = 180_000;
const prefix = '{load}';

let cluster: RedisCluster;

beforeEach(async () => {
  cluster = await RedisCluster.start();
}, TIMEOUT_MS);
afterEach(() => cluster.stop());

test(
  'a master that is killed while its replica has everything: what ran and waited ends once on the replica',
  async () => {
    const master = await cluster.masterOf(prefix);
    const replica = await cluster.addReplica(master);
    const options = { connection: { clusterNodes: cluster.nodes }, prefix };
    const queue = new Queue<number>('load', options);
    const runs = new Map<string, number>();
    const gate: { open?: () => void } = {};
    const opened = new Promise<void>((resolve) => (gate.open = resolve));
    const worker = new Worker<number>(
      'load',
      async ({ id = '', data }: Job<number>) => {
        runs.set(id, (runs.get(id) ?? 0) + 1);
        await opened;
        return data;
      },
      { ...options, concurrency: 10 },
    );
    const events = new QueueEvents('load', options);
    for (const emitter of [queue, worker, events]) (emitter as Worker).on('error', () => undefined);
    await events.waitUntilReady();
    await queue.addBulk(Array.from({ length: 100 }, (_, data) => ({ name: 'job', data })));
    await until('ten running jobs', () => runs.size === 10);
    const redis = new Redis(master.port);
    await redis.wait(1, 5000);
    redis.disconnect();

    await master.kill();
    const late = queue.add('late', -1);
    gate.open?.();
    await cluster.untilPromoted(replica);
    await (await late).waitUntilFinished(events);
    await until('all jobs to complete', async () => (await queue.getCompletedCount()) === 101);

    const repeated = [...runs].filter(([, times]) => times !== 1);
    const left = await queue.getJobCountByTypes('waiting', 'active', 'failed', 'delayed');
    expect({ ran: runs.size, repeated, left }).toEqual({ ran: 101, repeated: [], left: 0 });
    await worker.close();
    await events.close();
    await queue.close();
  },
  TIMEOUT_MS,
);

test(
  'a slot that moves back and forth under load loses and repeats nothing',
  async () => {
    const home = await cluster.masterOf(prefix);
    const other = cluster.masters.find((node) => node !== home);
    if (other === undefined) throw new Error('the cluster has several masters');
    const load = new Load({
      connection: { clusterNodes: cluster.nodes },
      prefix,
      open: () => new Cluster(cluster.nodes),
    });
    await load.untilAdded(50);
    for (const [source, target] of [
      [home, other],
      [other, home],
      [home, other],
    ] as const) {
      await cluster.moveSlot(prefix, source, target);
      await load.untilConsuming();
    }
    const ends = await load.drain();
    await load.close();
    const repeated = [...ends].filter(([, times]) => times !== 1);
    expect([[...ends.keys()].sort(), repeated]).toEqual([[...load.added].sort(), []]);
  },
  TIMEOUT_MS,
);

test('the workers of a queue are found on whichever node they are connected to', async () => {
  const options = { connection: { clusterNodes: cluster.nodes }, prefix };
  const queue = new Queue('load', options);
  const workers = ['one', 'two', 'three'].map(
    (name) => new Worker('load', () => Promise.resolve(), { ...options, name, drainDelay: 1 }),
  );
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  await until('all workers', async () => (await queue.getWorkersCount()) === 3);
  const names = (await queue.getWorkers()).map(({ name, rawname }) => [name, rawname?.split(':w:')[1]]);
  expect(names.sort()).toEqual([
    ['load', 'one'],
    ['load', 'three'],
    ['load', 'two'],
  ]);
  for (const worker of workers) await worker.close();
  await queue.close();
});
