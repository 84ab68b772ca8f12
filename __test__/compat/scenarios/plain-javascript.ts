import { section, thrownBy } from '../scenario';

/** What callers without types pass: both libraries read it in the same way. */
const untyped = <T>(value: unknown): T => value as T;

const UNKNOWN = ['nope', '', 'constructor'].map((name) => untyped<'wait'>(name));

export const plainJavaScript = section('plain JavaScript', {
  async *'names of no state count and hold no jobs'({ queue }) {
    await queue.add('job', {});
    for (const name of UNKNOWN) {
      yield [await queue.getJobCounts(name), await queue.getJobCounts('wait', name), await queue.getJobs([name])];
    }
    yield await queue.getJobCounts(untyped(['wait', 'delayed']));
  },
  async *'ids that are numbers, and positions that are texts'({ queue, api }) {
    await queue.addBulk(['a', 'b', 'c'].map((name) => ({ name, data: name })));
    const read = [await queue.getJob(untyped(1)), await api.Job.fromId(queue, untyped(2))];
    yield [read.map((job) => job?.name), await queue.getJobState(untyped(1))];
    yield await queue.getWaiting(untyped('0'), untyped('1'));
    yield [await queue.addJobLog(untyped(1), 'row'), await queue.getJobLogs(untyped(1), untyped('0'), untyped('5'))];
    await queue.updateJobProgress(untyped(1), 5);
    yield await queue.getCountsPerPriority([untyped('0'), untyped('1')]);
    yield await queue.remove(untyped(1));
    yield await queue.clean(untyped('0'), untyped('1'), 'wait');
    yield await queue.clean(0, untyped(undefined), 'wait');
  },
  async *'log rows that are no texts, and keeping none of them'({ queue }) {
    const job = await queue.add('job', {});
    for (const row of [5, null, true, { a: 1 }]) yield await job.log(untyped(row));
    yield await queue.addJobLog('1', 'last', 0);
    yield await queue.getJobLogs('1');
  },
  async *'progress that JSON has no value for'({ queue }) {
    const job = await queue.add('job', {});
    for (const progress of [null, NaN]) {
      await job.updateProgress(untyped(progress));
      yield [job.progress, (await queue.getJob('1'))?.progress];
    }
  },
  async *'a priority without end'({ queue }) {
    yield await thrownBy(() => queue.add('job', {}, { priority: Infinity }));
    yield await thrownBy(() => queue.addBulk([{ name: 'job', data: {}, opts: { priority: Infinity } }]));
  },
  async *'a limit that replaces another adds no setting'({ queue }) {
    yield [await queue.setGlobalConcurrency(2), await queue.setGlobalConcurrency(3)];
    yield [await queue.setGlobalRateLimit(2, 1000), await queue.setGlobalRateLimit(3, 500)];
  },
  async *'a rate limit outlives the jobs'({ queue }) {
    await queue.add('job', {});
    await queue.rateLimit(60_000);
    await queue.obliterate();
    yield (await queue.getRateLimitTtl()) > 50_000;
  },
  async *'jobs added in bulk are not told one by one'({ queue }) {
    const seen: unknown[] = [];
    queue.on('waiting', ({ id }) => seen.push(id));
    await queue.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {} },
    ]);
    await queue.add('c', {});
    yield seen;
  },
  async *'ending a job without a token'({ queue, manualWorker }) {
    await queue.add('job', {});
    const job = await manualWorker().getNextJob('token', { block: false });
    yield await thrownBy(() => job.moveToCompleted(1, untyped(undefined), false));
    yield await job.getState();
  },
  async *'a reason in plain text'({ queue, api }) {
    await queue.add('job', {});
    const json = { id: '1', name: 'job', data: '{}', opts: {}, timestamp: 1, failedReason: 'plain', stacktrace: '' };
    yield api.Job.fromJSON(queue, untyped(json));
  },
  async *'a child that was untied from its parent'({ queue, api }) {
    await queue.add('job', {});
    const opts = { parent: { id: 'dad', queue: 'elsewhere' } };
    yield api.Job.fromJSON(queue, untyped({ id: '1', name: 'job', data: '{}', opts, timestamp: 1 }));
  },
  async *'running a worker that was closed'({ worker }) {
    const never = worker(() => Promise.resolve(), { autorun: false });
    await never.close();
    yield [await never.run(), never.isRunning()];
    const once = worker(() => Promise.resolve());
    await once.close();
    yield [await once.run(), once.isRunning()];
  },
  async *'a concurrency that is no number from 1'({ worker, lend }) {
    for (const concurrency of ['5', null, true, 0.5, 0.99]) {
      const refused = { concurrency: untyped<number>(concurrency), connection: lend() };
      yield await thrownBy(() => worker(() => Promise.resolve(), refused));
    }
    const running = worker(() => Promise.resolve(), { autorun: false });
    for (const concurrency of ['5', null, undefined, 0.5]) {
      yield [await thrownBy(() => (running.concurrency = untyped(concurrency))), running.concurrency];
    }
  },
});
