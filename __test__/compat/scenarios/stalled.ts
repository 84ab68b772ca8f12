import { section, until } from '../scenario';
import type { World } from '../world';

/** Lets a worker vanish with a job: the job stays active and its lock is gone. */
async function abandon({ queue, take, redis, prefix }: World, opts = {}): Promise<void> {
  const { id } = await queue.add('abandoned', {}, opts);
  await take('gone');
  await redis.del(`${prefix}:compat:${id}:lock`);
}

/** One stalled check of a worker that runs nothing, because the queue is paused meanwhile. */
export async function check({ queue, worker, redis, prefix }: World, options = {}): Promise<unknown[]> {
  const stalled: unknown[] = [];
  await queue.pause();
  await redis.del(`${prefix}:compat:stalled-check`);
  const checker = worker(() => Promise.resolve(), { skipStalledCheck: false, autorun: false, ...options });
  checker.on('stalled', (jobId, prev) => stalled.push([jobId, prev]));
  void checker.run();
  await until(async () => (await redis.exists(`${prefix}:compat:stalled-check`)) === 1);
  await checker.close();
  await queue.resume();
  return stalled;
}

export const stalled = section('stalled', {
  async *'a first check marks active jobs, a second moves them back'(world) {
    await abandon(world);
    yield await check(world);
    yield await check(world);
    yield await world.queue.getJob('1');
  },
  async *'too often: the job fails at its next pick-up'(world) {
    await abandon(world);
    await check(world, { maxStalledCount: 0 });
    yield await check(world, { maxStalledCount: 0 });
    yield await world.work(() => Promise.resolve('never runs'));
    yield await world.queue.getJob('1');
  },
  async *'a job whose lock is held does not stall'(world) {
    await world.queue.add('held', {});
    await world.take('holder');
    await check(world);
    yield await check(world);
  },
  async *'a stalled job runs again'(world) {
    await abandon(world);
    await check(world);
    await check(world);
    yield await world.work(() => Promise.resolve('second time'));
  },
  async *'a prioritised job returns to the front of wait'(world) {
    await abandon(world, { priority: 3 });
    await world.queue.add('waiting', {});
    await check(world);
    yield await check(world);
  },
});
