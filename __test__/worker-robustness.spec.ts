import { once } from 'node:events';

import type { Job, Queue } from '..';
import { until } from './support/until';
import { Workshop } from './support/workshop';

describe('a worker, whatever its user does,', () => {
  let workshop: Workshop;
  let queue: Queue;
  let work: Workshop['work'];
  let run: Workshop['run'];

  beforeEach(() => {
    workshop = new Workshop();
    queue = workshop.queue;
    work = workshop.work.bind(workshop);
    run = workshop.run.bind(workshop);
  });
  afterEach(() => workshop.close());

  test('a map runs each job by its name and fails unknown ones', async () => {
    const worker = work({ job: () => Promise.resolve('known') });
    expect(await run(worker)).toMatchObject({ returnvalue: 'known' });
    const failed = once(worker, 'failed');
    await queue.add('other', {});
    const [, error] = (await failed) as [Job, Error];
    expect(error.message).toBe('Unknown job type: other');
  });

  test('a listener that throws becomes an error event; the worker goes on', async () => {
    const worker = work(() => Promise.resolve());
    const errors: string[] = [];
    worker.on('error', (error) => errors.push(error.message));
    worker.on('completed', () => {
      throw new Error('listener');
    });
    await workshop.add(2);
    await until('two errors', () => errors.length === 2);
    expect(errors).toEqual(['listener', 'listener']);
    expect(await queue.getCompletedCount()).toBe(2);
  });

  test('an error that nobody listens to goes to the console', async () => {
    const printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const worker = work(() => Promise.resolve());
    worker.on('completed', () => {
      throw new Error('unheard');
    });
    await queue.add('job', {});
    await until('the console', () => printed.mock.calls.length > 0);
    expect(printed).toHaveBeenCalledWith(expect.objectContaining({ message: 'unheard' }));
    printed.mockRestore();
  });

  test('a job whose lock was taken away ends in an error event, not in a completed one', async () => {
    const worker = work(async (job) => {
      await job.moveToDelayed(Date.now() + 60_000, job.token);
      return 'too late';
    });
    const [error] = (await Promise.all([once(worker, 'error'), queue.add('job', {})])).flat() as [Error];
    expect(error).toMatchObject({ code: -2, message: 'Missing lock for job 1. moveToFinished' });
    await until('its slot to be free', () => worker.health().activeJobs === 0);
  });

  test('the event loop turns while jobs that need no waiting keep coming', async () => {
    const [jobs, concurrency] = [4_000, 200];
    await workshop.add(jobs);
    let completed = 0;
    let turns = 0;
    const countTurn = (): void => {
      turns += 1;
      if (completed < jobs) setImmediate(countTurn);
    };
    const worker = work(() => Promise.resolve(), { concurrency });
    worker.once('completed', countTurn).on('completed', () => (completed += 1));
    await until('all jobs', () => completed === jobs);
    expect(turns).toBeGreaterThan(jobs / concurrency / 4);
  });
});
