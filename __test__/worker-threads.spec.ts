import { once } from 'node:events';
import { join } from 'node:path';
import { Worker as Thread } from 'node:worker_threads';

import { Redis } from 'ioredis';

import { Queue, Worker } from '..';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';

const ROUNDS = 10;
const AT_ONCE = 4;
const JOBS = 20;
const connection = { url: redisUrl() };

test('threads come and go with queues and workers, open or closed, and leave neither connections nor jobs behind', async () => {
  const prefix = uniquePrefix();
  const redis = new Redis(redisUrl());
  const names = Array.from({ length: AT_ONCE }, (_, i) => `threads-${i}`);
  const queues = names.map((name) => new Queue(name, { connection, prefix }));

  for (let round = 0; round < ROUNDS; round += 1) {
    const ends = names.map(async (name, i) => {
      const workerData = { connection, prefix, name, jobs: JOBS, closes: i % 2 === 0 };
      const thread = new Thread(join(__dirname, 'fixtures/thread.cjs'), { workerData });
      const said = once(thread, 'message');
      return [await once(thread, 'exit'), await said];
    });
    expect(await Promise.all(ends)).toEqual(names.map(() => [[0], ['done']]));
  }

  await until('the connections of their workers to be gone', async () => {
    const clients = await redis.client('LIST');
    return names.every((name) => !String(clients).includes(Buffer.from(name).toString('base64')));
  });
  const workers = names.map(
    (name) => new Worker(name, () => Promise.resolve(), { connection, prefix, stalledInterval: 500 }),
  );
  const all = JOBS * ROUNDS;
  for (const queue of queues) {
    await until('all jobs to have run', async () => (await queue.getCompletedCount()) === all);
  }
  await Promise.all(workers.map((worker) => worker.close()));
  await Promise.all(queues.map((queue) => queue.obliterate({ force: true }).then(() => queue.close())));
  await redis.quit();
}, 120_000);
