import { section, thrownBy } from '../scenario';

export const progress = section('progress', {
  async *'every kind of value'({ queue }) {
    const job = await queue.add('job', {});
    for (const value of [0, 42.5, 'half', true, { done: 1 }, []]) {
      await job.updateProgress(value);
      yield [job.progress, (await queue.getJob('1'))?.progress];
    }
  },
  async *'from a processor'({ queue, work }) {
    await queue.add('job', {});
    yield await work(async (job) => {
      await job.updateProgress(10);
      await job.updateProgress({ step: 'two' });
    });
    yield await queue.getJob('1');
  },
  async *'through the queue'({ queue }) {
    const seen: unknown[] = [];
    queue.on('progress', (job, value) => seen.push([job, value]));
    await queue.add('job', {});
    yield await queue.updateJobProgress('1', 7);
    yield seen;
  },
  async *'of a job that does not exist'({ queue }) {
    const job = await queue.add('job', {});
    await job.remove();
    yield await thrownBy(() => job.updateProgress(1));
    yield await thrownBy(() => queue.updateJobProgress('nobody', 1));
  },
});

export const logs = section('logs', {
  async *'rows in order'({ queue }) {
    const job = await queue.add('job', {});
    yield [await job.log('one'), await job.log('two'), await queue.addJobLog('1', 'three')];
    yield await queue.getJobLogs('1');
    yield await queue.getJobLogs('1', 0, 0);
    yield await queue.getJobLogs('1', 0, 1, false);
    yield await queue.getJobLogs('1', 1);
  },
  async *'only the newest are kept'({ queue }) {
    const job = await queue.add('job', {}, { keepLogs: 2 });
    for (const row of ['one', 'two', 'three']) yield await job.log(row);
    yield await queue.addJobLog('1', 'four', 1);
  },
  async *clearLogs({ queue }) {
    const job = await queue.add('job', {});
    for (const row of ['one', 'two', 'three']) await job.log(row);
    yield await job.clearLogs(2);
    yield await job.clearLogs();
  },
  async *'of a job that does not exist'({ queue }) {
    yield await thrownBy(() => queue.addJobLog('nobody', 'row'));
    yield await queue.getJobLogs('nobody');
  },
});

export const data = section('updateData', {
  async *'replaces the data'({ queue }) {
    const job = await queue.add('job', { old: true });
    yield await job.updateData({ new: [1] });
    yield [job.data, await queue.getJob('1')];
  },
  async *'of a job that does not exist'({ queue }) {
    const job = await queue.add('job', {});
    await job.remove();
    yield await thrownBy(() => job.updateData({}));
  },
});

export const missing = section('a job that was removed', {
  async *'cannot be retried, promoted or changed'({ queue }) {
    const job = await queue.add('job', {});
    await job.remove();
    yield await thrownBy(() => job.retry());
    yield await thrownBy(() => job.promote());
    yield await thrownBy(() => job.changePriority({ priority: 1 }));
    yield await thrownBy(() => job.remove());
    yield await job.getState();
  },
  async *'or is in another state'({ queue }) {
    const job = await queue.add('job', {});
    yield await thrownBy(() => job.retry());
    yield await thrownBy(() => job.retry('completed'));
    yield await thrownBy(() => job.promote());
  },
});
