import type { FlowProducer, Job, Processor, Queue, Worker } from 'bullmq';

import { redisUrl, uniquePrefix } from '../support/redis';
import { Comparable } from './comparable';
import { jobsOf, leaf, parent } from './flow-trees';
import { untilSettled } from './settled';
import { reference, subject, type Side } from './side';
import { QUEUE_NAME } from './world';

const connection = { host: '127.0.0.1', port: Number(new URL(redisUrl()).port) };

interface Closable {
  close(): Promise<unknown>;
}

let prefix: string;
let open: Closable[];

function closing<T extends Closable>(closable: T): T {
  open.push(closable);
  return closable;
}

function flowsOf({ api }: Side): FlowProducer {
  return closing(new api.FlowProducer({ connection, prefix }));
}

function queueOf({ api }: Side): Queue {
  return closing(new api.Queue(QUEUE_NAME, { connection, prefix }));
}

function workerOf({ api }: Side, processor: Processor, options = {}): Worker {
  return closing(new api.Worker(QUEUE_NAME, processor, { connection, prefix, ...options }));
}

/** Fails the jobs named `bad`; parents hand on what they are told of their children. */
async function tellingOfChildren(job: Job): Promise<unknown> {
  if (job.name.startsWith('bad')) throw new Error('boom');
  return { values: await job.getChildrenValues(), failures: await job.getIgnoredChildrenFailures() };
}

function key(id: string): string {
  return `${prefix}:${QUEUE_NAME}:${id}`;
}

beforeEach(() => {
  prefix = uniquePrefix();
  open = [];
});
afterEach(async () => {
  for (const closable of open.reverse()) await closable.close();
});

describe.each([
  { producer: reference, consumer: subject },
  { producer: subject, consumer: reference },
])('$producer.label FlowProducer, $consumer.label Worker', ({ producer, consumer }) => {
  test('every parent gets the results of its children', async () => {
    await flowsOf(producer).add(parent('root', [leaf('a'), parent('twig', [leaf('b')])]));
    workerOf(consumer, tellingOfChildren);
    const queue = queueOf(producer);
    await untilSettled(queue, 4);
    const empty = { values: {}, failures: {} };
    const ofTwig = { values: { [key('b')]: empty }, failures: {} };
    const values = { [key('a')]: empty, [key('twig')]: ofTwig };
    expect((await queue.getJob('root'))?.returnvalue).toEqual({ values, failures: {} });
  });

  test('a failed child fails its parent and that its own', async () => {
    const rule = { failParentOnFailure: true };
    await flowsOf(producer).add(parent('root', [parent('twig', [leaf('bad', rule)], rule)]));
    workerOf(consumer, tellingOfChildren);
    const queue = queueOf(producer);
    await untilSettled(queue, 3);
    expect((await queue.getJob('root'))?.failedReason).toBe(`child ${key('twig')} failed`);
    expect((await queue.getJob('twig'))?.failedReason).toBe(`child ${key('bad')} failed`);
  });

  test.each([
    ['ignoreDependencyOnFailure', true],
    ['continueParentOnFailure', true],
    ['removeDependencyOnFailure', false],
  ])('a child that fails under %s lets its parent complete', async (rule, isTold) => {
    await flowsOf(producer).add(parent('root', [leaf('bad', { [rule]: true })]));
    workerOf(consumer, tellingOfChildren);
    const queue = queueOf(producer);
    await untilSettled(queue, 2);
    const failures = isTold ? { [key('bad')]: 'boom' } : {};
    expect((await queue.getJob('root'))?.returnvalue).toEqual({ values: {}, failures });
  });

  test('delays, priorities and attempts of a flow are kept', async () => {
    const children = [
      leaf('later', { delay: 100 }),
      leaf('urgent', { priority: 1 }),
      leaf('bad', { attempts: 2, removeOnFail: true }),
    ];
    await flowsOf(producer).add(parent('root', children, { delay: 50 }));
    const attempts: string[] = [];
    workerOf(consumer, (job) => {
      attempts.push(job.name);
      return tellingOfChildren(job);
    });
    await untilSettled(queueOf(producer), 3);
    expect(attempts.filter((name) => name === 'bad')).toHaveLength(2);
    expect(attempts.at(-1)).toBe('root');
  });

  test('both libraries read the same flow', async () => {
    await flowsOf(producer).add(parent('root', [leaf('a'), parent('twig', [leaf('b')])]));
    await queueOf(consumer).pause();
    const [ours, theirs] = await Promise.all(
      [producer, consumer].map((side) => flowsOf(side).getFlow({ queueName: QUEUE_NAME, id: 'root' })),
    );
    const comparable = new Comparable(prefix);
    expect(comparable.of(jobsOf(ours))).toEqual(comparable.of(jobsOf(theirs)));
  });

  test('a processor adds children and waits for them', async () => {
    const queue = queueOf(producer);
    await queue.add('root', {}, { jobId: 'root' });
    workerOf(consumer, async (job, token) => {
      if (job.name === 'child' || job.attemptsStarted > 1) return tellingOfChildren(job);
      await queue.add('child', {}, { jobId: 'child', parent: { id: 'root', queue: `${prefix}:${QUEUE_NAME}` } });
      if (await job.moveToWaitingChildren(token ?? '')) throw new consumer.api.WaitingChildrenError();
      return undefined;
    });
    await untilSettled(queue, 2);
    const { values } = (await queue.getJob('root'))?.returnvalue as { values: object };
    expect(Object.keys(values)).toEqual([key('child')]);
  });

  test('the producer removes what the consumer has not started', async () => {
    await flowsOf(producer).add(parent('root', [leaf('a'), leaf('b', { delay: 90_000 })]));
    const queue = queueOf(producer);
    const worker = workerOf(consumer, tellingOfChildren);
    await untilSettled(queue, 1);
    await (await queue.getJob('root'))?.removeUnprocessedChildren();
    await untilSettled(queue, 2);
    await worker.close();
    expect(await queue.getJobCounts()).toMatchObject({ completed: 2, delayed: 0, 'waiting-children': 0 });
  });

  test('flows too large for one call complete', async () => {
    const children = Array.from({ length: 600 }, (_, n) => leaf(`child-${n}`));
    workerOf(consumer, (job) => (job.name === 'root' ? tellingOfChildren(job) : Promise.resolve(job.name)), {
      concurrency: 50,
    });
    await flowsOf(producer).add(parent('root', children));
    const queue = queueOf(producer);
    await untilSettled(queue, 601);
    const { values } = (await queue.getJob('root'))?.returnvalue as { values: Record<string, string> };
    expect(Object.values(values).sort()).toEqual(children.map(({ name }) => name).sort());
  });
});
