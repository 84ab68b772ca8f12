import { once } from 'node:events';

import { JobTimeoutError, type Job } from '..';
import { until } from './support/until';
import { Workshop } from './support/workshop';

describe('the job option timeout', () => {
  let workshop: Workshop;

  beforeEach(() => {
    workshop = new Workshop();
  });
  afterEach(() => workshop.close());

  test('aborts the signal and fails the attempt with a JobTimeoutError', async () => {
    const reasons: unknown[] = [];
    const worker = workshop.work(
      (_job, _token, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            reasons.push(signal.reason);
            reject(new Error('the processor has noticed'));
          });
        }),
    );
    const failures: [Job | undefined, Error][] = [];
    worker.on('failed', (job, error) => failures.push([job, error]));
    await workshop.queue.add('slow', {}, { timeout: 20, attempts: 2 });
    await until('both attempts', () => failures.length === 2);

    expect(reasons).toEqual([expect.any(JobTimeoutError), expect.any(JobTimeoutError)]);
    const [job, error] = failures[1] ?? [];
    expect(error).toBeInstanceOf(JobTimeoutError);
    expect(error).toMatchObject({ code: 'JOB_TIMEOUT', message: 'job 1 did not end within its timeout of 20 ms' });
    expect(job).toMatchObject({ attemptsMade: 2, failedReason: error?.message });
    expect(await job?.getState()).toBe('failed');
  });

  test('holds for a processor that does not listen, whose result is dropped', async () => {
    const releases: ((value: string) => void)[] = [];
    const worker = workshop.work(() => new Promise<string>((resolve) => releases.push(resolve)));
    const completed = jest.fn();
    worker.on('completed', completed);
    const job = await workshop.queue.add('slow', {}, { timeout: 20 });
    await once(worker, 'failed');
    releases[0]?.('too late');
    const next = workshop.run(worker);
    await until('the next run', () => releases[1]);
    releases[1]?.('in time');
    expect(await next).toMatchObject({ id: '2', returnvalue: 'in time' });
    expect(completed).toHaveBeenCalledTimes(1);
    expect(await job.getState()).toBe('failed');
  });

  test('asks the custom strategy for the pause before the next attempt', async () => {
    const asked: unknown[] = [];
    const backoffStrategy = (attemptsMade: number, type?: string, error?: Error) => {
      asked.push([attemptsMade, type, error?.name]);
      return -1;
    };
    const worker = workshop.work(() => new Promise(() => undefined), { settings: { backoffStrategy } });
    await workshop.queue.add('slow', {}, { timeout: 20, attempts: 5, backoff: { type: 'mine' } });
    await once(worker, 'failed');
    expect(asked).toEqual([[1, 'mine', 'JobTimeoutError']]);
  });

  test('does not touch a job that ends in time', async () => {
    const worker = workshop.work(() => Promise.resolve('done'));
    expect(await workshop.run(worker, {}, { timeout: 10_000 })).toMatchObject({ returnvalue: 'done' });
  });

  test.each([0, -5])('is refused when it is %p', async (timeout) => {
    await expect(workshop.queue.add('slow', {}, { timeout })).rejects.toThrow(
      `timeout must be a number of ms greater than 0, got ${timeout}`,
    );
  });
});
