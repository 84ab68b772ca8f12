import { section } from '../scenario';

const boom = (): Promise<never> => Promise.reject(new Error('boom'));

export const retry = section('retry', {
  async *'without attempts a job fails at once'({ queue, work }) {
    await queue.add('fails', {});
    yield await work(boom);
    yield await queue.getFailed();
  },
  async *'at once, until attempts run out'({ queue, work }) {
    await queue.add('fails', {}, { attempts: 3 });
    yield await work(boom);
    yield await queue.getJob('1');
  },
  async *'success on the second attempt keeps the reason of the first'({ queue, work }) {
    await queue.add('fails once', {}, { attempts: 3 });
    yield await work((job) => (job.attemptsMade === 0 ? boom() : Promise.resolve('done')));
    yield await queue.getJob('1');
  },
  async *'goes behind those that wait'({ queue, work }) {
    await queue.add('fails once', {}, { attempts: 2 });
    await queue.add('other', {});
    yield await work((job) => (job.name === 'other' || job.attemptsMade > 0 ? Promise.resolve(job.name) : boom()));
  },
  async *'of a lifo job goes to the front'({ queue, work }) {
    await queue.add('other', {});
    await queue.add('fails once', {}, { attempts: 2, lifo: true });
    yield await work((job) => (job.name === 'other' || job.attemptsMade > 0 ? Promise.resolve(job.name) : boom()));
  },
  async *'fixed backoff'({ queue, work, clock }) {
    await queue.add('fails', {}, { attempts: 3, backoff: 2000 });
    yield await work(boom);
    clock.advance(2000);
    yield await work(boom);
    clock.advance(2000);
    yield await work(boom);
  },
  async *'exponential backoff'({ queue, work, clock }) {
    await queue.add('fails', {}, { attempts: 4, backoff: { type: 'exponential', delay: 1000 } });
    for (const wait of [0, 1000, 2000, 4000]) {
      clock.advance(wait);
      yield await work(boom);
    }
  },
  async *'a backoff strategy'({ queue, work, clock }) {
    const settings = { backoffStrategy: (made: number, type?: string): number => (type === 'mine' ? made * 700 : -1) };
    await queue.add('fails', {}, { attempts: 3, backoff: { type: 'mine' } });
    yield await work(boom, { settings });
    clock.advance(700);
    yield await work(boom, { settings });
  },
  async *'a backoff strategy that says no more'({ queue, work }) {
    await queue.add('fails', {}, { attempts: 3, backoff: { type: 'mine' } });
    yield await work(boom, { settings: { backoffStrategy: () => -1 } });
  },
  async *'a backoff strategy that says at once'({ queue, work }) {
    await queue.add('fails', {}, { attempts: 2, backoff: { type: 'mine' } });
    yield await work(boom, { settings: { backoffStrategy: () => Promise.resolve(0) } });
  },
  async *'an unrecoverable error'({ queue, work, api }) {
    await queue.add('fails', {}, { attempts: 3 });
    yield await work(() => Promise.reject(new api.UnrecoverableError('never')));
  },
  async *'an unrecoverable error by its name'({ queue, work }) {
    await queue.add('fails', {}, { attempts: 3 });
    yield await work(() => Promise.reject(Object.assign(new Error('never'), { name: 'UnrecoverableError' })));
  },
  async *'stack traces up to their limit'({ queue, work }) {
    await queue.add('fails', {}, { attempts: 4, stackTraceLimit: 2 });
    yield await work((job) => Promise.reject(new Error(`attempt ${job.attemptsMade}`)));
    yield await queue.getJob('1');
  },
  async *'no stack traces'({ queue, work }) {
    await queue.add('fails', {}, { attempts: 2, stackTraceLimit: 0 });
    yield await work(boom);
    yield await queue.getJob('1');
  },
  async *'an error without message'({ queue, work }) {
    await queue.add('fails', {});
    yield await work(() => Promise.reject(new Error()));
  },
  async *'a processor that throws without a promise'({ queue, work }) {
    await queue.add('fails', {});
    yield await work(() => {
      throw new Error('synchronous');
    });
  },
});

export const retryFinished = section('retry of finished jobs', {
  async *'a completed job keeps why it failed before'({ queue, work }) {
    await queue.add('fails once', {}, { attempts: 2 });
    await work((job) => (job.attemptsMade === 0 ? boom() : Promise.resolve('done')));
    const job = await queue.getJob('1');
    yield await job?.retry('completed');
  },
  async *'retryJobs of completed jobs keeps why they failed before'({ queue, work }) {
    await queue.add('fails once', {}, { attempts: 2 });
    await work((job) => (job.attemptsMade === 0 ? boom() : Promise.resolve('done')));
    yield await queue.retryJobs({ state: 'completed' });
  },
  async *'a failed job'({ queue, work }) {
    const job = await queue.add('fails', {}, { attempts: 2 });
    yield await work(boom);
    yield await (await queue.getJob('1'))?.retry();
    yield await queue.getJob('1');
    yield await work(() => Promise.resolve('fine'));
    yield await job.getState();
  },
  async *'a completed job'({ queue, work }) {
    await queue.add('fine', {});
    yield await work(() => Promise.resolve('fine'));
    const job = await queue.getJob('1');
    yield await job?.retry('completed');
    yield job;
  },
  async *'with its counters reset'({ queue, work }) {
    await queue.add('fails', {}, { attempts: 2 });
    yield await work(boom);
    const job = await queue.getJob('1');
    yield await job?.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
    yield job;
    yield await work(boom);
  },
  async *'a lifo job'({ queue, work }) {
    await queue.add('fails', {}, { lifo: true });
    yield await work(boom);
    await queue.add('other', {});
    yield await (await queue.getJob('1'))?.retry();
  },
  async *'a prioritised job'({ queue, work }) {
    await queue.add('fails', {}, { priority: 4 });
    yield await work(boom);
    yield await (await queue.getJob('1'))?.retry();
  },
  async *'retryJobs of failed jobs'({ queue, work }) {
    for (let i = 0; i < 5; i += 1) await queue.add('fails', { i });
    yield await work(boom);
    yield await queue.retryJobs({ count: 2 });
  },
  async *'retryJobs of completed jobs up to a time'({ queue, work, clock }) {
    await queue.add('early', {});
    yield await work(() => Promise.resolve(1));
    const until = clock.now;
    clock.advance(5000);
    await queue.add('late', {});
    yield await work(() => Promise.resolve(2));
    yield await queue.retryJobs({ state: 'completed', timestamp: until + 1 });
  },
});
