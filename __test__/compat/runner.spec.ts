import { isDeepStrictEqual } from 'node:util';

import * as bullmq from 'bullmq';
import type { Job } from 'bullmq';
import { Redis } from 'ioredis';

import { redisUrl } from '../support/redis';
import { FrozenDate } from './frozen-date';
import { observe } from './runner';
import type { Scenario } from './scenario';
import { reference, type Side } from './side';

const scenario: Scenario = {
  name: 'a job is added and completed',
  async *script(world) {
    yield await world.queue.add('greet', { to: 'ann' }, { attempts: 2 });
    yield await world.work((job: Job<{ to: string }>) => Promise.resolve(job.data.to));
  },
};

/** A queue that differs from BullMQ's in the state it writes. */
class DeviatingQueue extends bullmq.Queue {
  override add(name: string, data: unknown): Promise<bullmq.Job> {
    return super.add(name, data, { attempts: 3 });
  }
}

async function differingSteps(subject: Side, of: Scenario = scenario): Promise<number[]> {
  const steps: number[] = [];
  for await (const step of observe(of, { reference, subject })) {
    if (!isDeepStrictEqual(step.subject, step.reference)) steps.push(step.reference?.step ?? 0);
  }
  return steps;
}

describe('the scenario runner', () => {
  beforeAll(() => {
    FrozenDate.install();
  });
  afterAll(() => {
    FrozenDate.uninstall();
  });

  test('sees no difference between bullmq and itself', async () => {
    expect(await differingSteps(reference)).toEqual([]);
  });

  test('sees connections that a scenario leaves open', async () => {
    const clients: Redis[] = [];
    const careless: Scenario = {
      name: 'a client is forgotten',
      async *script({ queue }) {
        const client = new Redis(redisUrl());
        clients.push(client);
        yield await queue.getVersion();
        yield await client.ping();
      },
    };
    await expect(differingSteps(reference, careless)).rejects.toThrow('2 connections were left open');
    for (const client of clients) client.disconnect();
  });

  test('sees an option that is stored differently, in every step that shows it', async () => {
    expect(await differingSteps({ label: 'deviating', api: { ...bullmq, Queue: DeviatingQueue } })).toEqual([1, 2]);
  });
});
