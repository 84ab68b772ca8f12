import { FlowProducer, Queue, Worker, type FlowJob, type Job, type JobNode } from '..';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';

const connection = redisUrl();
const MANY_DEADLINE_MS = 120_000;

type Numbered = Job<{ n: number }>;

let prefix: string;
let flows: FlowProducer;
let queue: Queue;

beforeEach(() => {
  prefix = uniquePrefix();
  flows = new FlowProducer({ connection, prefix });
  queue = new Queue('flows', { connection, prefix });
});
afterEach(async () => {
  await queue.obliterate({ force: true });
  await flows.close();
  await queue.close();
});

function family(children: number): FlowJob {
  const leaves = Array.from({ length: children }, (_, n) => ({ name: 'child', queueName: 'flows', data: { n } }));
  return { name: 'root', queueName: 'flows', data: { of: children }, children: leaves };
}

test('answers jobs that can be worked with', async () => {
  const { job, children } = await flows.add(family(1));
  expect(job.data).toEqual({ of: 1 });
  expect(await job.getState()).toBe('waiting-children');
  const child = children?.[0]?.job as Job;
  expect(child.parent).toEqual({ id: job.id, queueKey: `${prefix}:flows` });
  expect(child.parentKey).toBe(`${prefix}:flows:${job.id}`);
  expect(child.opts).toEqual({ attempts: 0, parent: { id: job.id, queue: `${prefix}:flows` } });
  await child.updateData({ n: 'changed' });
  expect((await queue.getJob(child.id ?? ''))?.data).toEqual({ n: 'changed' });
});

test('a job that the producer answered can be waited for', async () => {
  const { job } = await flows.add(family(3));
  const hand = async (of: Numbered) => (of.name === 'root' ? Object.values(await of.getChildrenValues()) : of.data.n);
  const worker = new Worker('flows', hand, { connection, prefix });
  const values = (await job.waitUntilFinished()) as number[];
  expect(values.sort()).toEqual([0, 1, 2]);
  await worker.close();
});

test('a flow that contains itself is refused', async () => {
  const flow = { name: 'root', queueName: 'flows', children: [] as FlowJob['children'] };
  flow.children?.push({ name: 'twig', queueName: 'flows', children: [flow as never] });
  await expect(flows.add(flow as FlowJob)).rejects.toThrow('the job root of a flow is among its own children');
  expect(await queue.count()).toBe(0);
});

test('the same branch can stand in a flow twice', async () => {
  const branch = { name: 'twig', queueName: 'flows', children: [{ name: 'leaf', queueName: 'flows' }] };
  const { children } = await flows.add({ name: 'root', queueName: 'flows', children: [branch, branch] });
  expect(children?.map(({ children: leaves }) => leaves?.length)).toEqual([1, 1]);
  expect(await queue.getWaitingCount()).toBe(2);
});

test('a queue name with a colon is refused', async () => {
  await expect(flows.add({ name: 'root', queueName: 'a:b' })).rejects.toThrow('Queue name cannot contain :');
});

test('bytes in the data of a child are refused before anything is added', async () => {
  const flow = { ...family(1), children: [{ name: 'child', queueName: 'flows', data: Buffer.from('x') }] };
  await expect(flows.add(flow)).rejects.toThrow('job data must not contain bytes');
  expect(await queue.count()).toBe(0);
});

test('addBulk tells of a flow whose parent is missing by an error event', async () => {
  const errors: Error[] = [];
  flows.on('error', (error) => errors.push(error));
  const parent = { id: 'nobody', queue: `${prefix}:flows` };
  const nodes = await flows.addBulk([{ name: 'orphan', queueName: 'flows', opts: { parent } }, family(1)]);
  expect(nodes).toHaveLength(2);
  expect(errors.map(({ message }) => message)).toEqual([`Missing key for parent job ${prefix}:flows:nobody. addJob`]);
  expect(await queue.count()).toBe(2);
});

test('a subclass decides on the class of the jobs', async () => {
  class Producer extends FlowProducer {
    jobClass(): unknown {
      return this.Job;
    }
  }
  const producer = new Producer({ connection, prefix });
  const { job } = await producer.add(family(1));
  expect(job.constructor).toBe(producer.jobClass());
  await producer.close();
});

test('a closed producer refuses calls, also through its jobs', async () => {
  const { job } = await flows.add(family(1));
  await flows.close();
  await flows.close();
  await expect(flows.add(family(1))).rejects.toThrow('Connection is closed.');
  await expect(job.getState()).rejects.toThrow('Connection is closed.');
});

test('a producer without options uses the default server', async () => {
  const producer = new FlowProducer();
  expect(producer.opts).toEqual({});
  await producer.close();
});

test('waitUntilReady names a refused connection', async () => {
  const producer = new FlowProducer({ connection: { port: 1, retryStrategy: () => null } });
  await expect(producer.waitUntilReady()).rejects.toThrow('connect ECONNREFUSED 127.0.0.1:1');
  await producer.close();
});

test(
  'ten thousand children end once each, before their root',
  async () => {
    const children = 10_000;
    const ended = new Map<string, number>();
    const worker = new Worker(
      'flows',
      async (job: Numbered) => {
        ended.set(job.id ?? '', (ended.get(job.id ?? '') ?? 0) + 1);
        return job.name === 'root' ? Object.keys(await job.getChildrenValues()).length : job.data.n;
      },
      { connection, prefix, concurrency: 200, skipStalledCheck: true },
    );
    const { job, children: nodes = [] } = await flows.add(family(children));
    await until('the root to complete', async () => (await job.getState()) === 'completed', MANY_DEADLINE_MS);
    expect((await queue.getJob(job.id ?? ''))?.returnvalue).toBe(children);
    expect([...ended.keys()].at(-1)).toBe(job.id);
    expect(ended.size).toBe(children + 1);
    expect([...ended.values()].every((times) => times === 1)).toBe(true);
    expect(nodes.every(({ job: child }: JobNode) => ended.has(child.id ?? ''))).toBe(true);
    await worker.close();
  },
  2 * MANY_DEADLINE_MS,
);
