import { once } from 'node:events';

import { Queue, type Job } from '..';
import { Workshop } from './support/workshop';

describe('queue.cancel', () => {
  let workshop: Workshop;

  beforeEach(() => {
    workshop = new Workshop();
  });
  afterEach(() => workshop.close());

  test('aborts the signal of the run, which another object than its worker asked for', async () => {
    const worker = workshop.work(
      (_job, _token, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            reject(new Error(`stopped: ${String(signal.reason)}`));
          });
        }),
    );
    const active = once(worker, 'active');
    const failed = once(worker, 'failed');
    await workshop.queue.add('long', {});
    await active;
    const { connection, queue } = workshop;
    const elsewhere = new Queue('work', { connection, prefix: queue.opts.prefix });
    expect(await elsewhere.cancel('1', 'the user left')).toBe(true);
    const [job, error] = (await failed) as [Job, Error];
    await elsewhere.close();
    expect(error.message).toBe('stopped: the user left');
    expect(await job.getState()).toBe('failed');
  });

  test('answers false for jobs that no worker holds', async () => {
    await workshop.queue.add('waits', {});
    expect(await workshop.queue.cancel('1')).toBe(false);
    expect(await workshop.queue.cancel('nobody')).toBe(false);
  });
});
