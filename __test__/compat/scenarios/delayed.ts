import { section, thrownBy } from '../scenario';

const resolved = (): Promise<void> => Promise.resolve();

export const delayed = section('delayed', {
  async *'a job waits for its time'({ queue, work, clock }) {
    yield await queue.add('later', {}, { delay: 3000 });
    clock.advance(1000);
    await queue.add('now', {});
    yield await work(resolved);
    clock.advance(3000);
    yield await work(resolved);
  },
  async *'several in one millisecond keep their order'({ queue, work, clock }) {
    for (let i = 0; i < 5; i += 1) await queue.add(`job ${i}`, {}, { delay: 1000 });
    yield await queue.getDelayed();
    clock.advance(2000);
    yield await work((job) => Promise.resolve(job.name));
  },
  async *'the delay counts from the time stamp'({ queue, clock }) {
    yield await queue.add('later', {}, { timestamp: clock.now - 500, delay: 3000 });
  },
  async *'a time in the past'({ queue, work }) {
    yield await queue.add('late', {}, { timestamp: 1_600_000_000_000, delay: 1000 });
    yield await work(resolved);
  },
  async *'jobs added out of order come in order of their time'({ queue, work, clock }) {
    for (const delay of [3000, 1000, 2000]) await queue.add(`after ${delay}`, {}, { delay });
    yield await queue.getDelayed();
    clock.advance(10_000);
    yield await work((job) => Promise.resolve(job.name));
  },
  async *promote({ queue, work }) {
    const job = await queue.add('later', {}, { delay: 60_000 });
    const urgent = await queue.add('later', {}, { delay: 60_000, priority: 2 });
    yield await job.promote();
    yield await urgent.promote();
    yield await thrownBy(() => job.promote());
    yield [job.delay, await work(resolved)];
  },
  async *promoteJobs({ queue }) {
    for (let i = 0; i < 5; i += 1) await queue.add('later', { i }, { delay: 60_000 - i });
    yield await queue.promoteJobs({ count: 2 });
    yield await queue.getWaiting();
  },
  async *changeDelay({ queue }) {
    const job = await queue.add('later', {}, { delay: 60_000 });
    await queue.add('other', {}, { delay: 30_000 });
    yield await job.changeDelay(1000);
    yield job.delay;
    yield await job.changeDelay(90_000);
    yield await queue.getDelayed();
  },
  async *'changeDelay of a job that is not delayed'({ queue }) {
    const job = await queue.add('now', {});
    yield await thrownBy(() => job.changeDelay(1000));
    await job.remove();
    yield await thrownBy(() => job.changeDelay(1000));
  },
});
