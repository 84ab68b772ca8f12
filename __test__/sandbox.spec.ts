import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { Job, type Worker, type WorkerOptions } from '..';
import { temporaryFolder } from './support/folder';
import { until } from './support/until';
import { Workshop } from './support/workshop';

const fixture = (name: string): string => join(__dirname, 'fixtures', 'sandbox', name);
const BY_NAME = fixture('by-name.cjs');

/** Whether a process of this user exists. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a processor in a file', () => {
  let workshop: Workshop;
  beforeEach(() => {
    workshop = new Workshop();
  });
  afterEach(() => workshop.close());

  /** Adds jobs of one name and waits for all their results, or the reasons of their failures. */
  async function resultsOf(worker: Worker, names: string[], data = {}): Promise<unknown[]> {
    const ends = new Map<string | undefined, unknown>();
    worker.on('completed', (job, result) => ends.set(job.id, result));
    worker.on('failed', (job, error) => ends.set(job?.id, error.message));
    const jobs = await workshop.queue.addBulk(names.map((name) => ({ name, data })));
    await until('all jobs', () => ends.size === names.length);
    return jobs.map(({ id }) => ends.get(id));
  }

  const work = (file: string, options: Partial<WorkerOptions> = {}): Worker => workshop.work(file, options);

  test('keeps its process for the next job, and ends it when the worker closes', async () => {
    const worker = work(BY_NAME);
    const pids = new Set(await resultsOf(worker, ['pid', 'pid', 'pid']));
    const [pid] = [...pids] as [number];
    expect(pids.size).toBe(1);
    expect(pid).not.toBe(process.pid);
    expect(isAlive(pid)).toBe(true);
    await worker.close();
    expect(isAlive(pid)).toBe(false);
  });

  test('runs each of the jobs at once in a process of its own', async () => {
    const worker = work(BY_NAME, { concurrency: 2 });
    const cancelled = ['cancelled', 'cancelled'];
    const results = resultsOf(worker, cancelled);
    const running: Job[] = [];
    worker.on('progress', (job) => running.push(job));
    await until('both jobs', () => running.length === 2);
    worker.cancelAllJobs('enough');
    expect(await results).toEqual(cancelled.map(() => ({ aborted: true, reason: 'enough' })));
  });

  test.each([false, true])('recovers after children that end (threads: %s)', async (useWorkerThreads) => {
    const worker = work(BY_NAME, { useWorkerThreads });
    expect(await resultsOf(worker, ['exit', 'uncaught', 'fails', 'result'], { code: 3 })).toEqual([
      'Unexpected exit code: 3 signal: null',
      'nobody caught this',
      'boom',
      { name: 'result', data: { code: 3 }, attempt: 1, queue: 'work' },
    ]);
  });

  test('tells the signal that ended a child', async () => {
    expect(await resultsOf(work(BY_NAME), ['killed'])).toEqual(['Unexpected exit code: null signal: SIGKILL']);
  });

  test('does not use a child again whose file did not load', async () => {
    const folder = await temporaryFolder();
    const env = { ...process.env, SANDBOX_MARK: join(folder.path, 'mark') };
    const worker = work(fixture('broken-once.cjs'), { workerForkOptions: { env } });
    expect(await resultsOf(worker, ['job', 'job'])).toEqual(['broken the first time', 'recovered']);
    await folder.remove();
  });

  test('shares the environment', async () => {
    process.env['SANDBOX_TEST'] = 'shared';
    expect(await resultsOf(work(BY_NAME), ['environment'])).toEqual(['shared']);
  });

  test.each(['getChildrenValues', 'getIgnoredChildrenFailures', 'getDependenciesCount', 'getDependencies'] as const)(
    'does not wait for %s longer than half a second in a test',
    async (getter) => {
      const answer = jest.spyOn(Job.prototype, getter).mockReturnValue(new Promise(() => undefined) as never);
      const reasons = await resultsOf(work(BY_NAME), ['reads'], { getter });
      answer.mockRestore();
      expect(reasons).toEqual([`TimeoutError: ${getter} timed out in (500ms)`]);
    },
  );

  test('hands its job back when the worker closes while the parent owes it an answer', async () => {
    const answer = jest.spyOn(Job.prototype, 'updateData').mockReturnValue(new Promise(() => undefined));
    const worker = work(BY_NAME);
    const started = new Promise((resolve) => worker.on('active', resolve));
    await workshop.queue.add('data', {});
    await started;
    await until('the call', () => answer.mock.calls.length > 0);
    answer.mockRestore();
    await worker.close({ timeout: 0 });
    expect(await workshop.queue.getWaitingCount()).toBe(1);
  });

  test('prints through the parent', () => {
    const program = `
      const { Queue, Worker } = require(${JSON.stringify(join(__dirname, '..'))});
      const on = ${JSON.stringify({ connection: workshop.connection, prefix: `${workshop.queue.opts.prefix ?? ''}-p` })};
      const worker = new Worker('prints', ${JSON.stringify(BY_NAME)}, on);
      const queue = new Queue('prints', on);
      worker.on('completed', async () => { await worker.close(); await queue.close(); });
      queue.add('prints', {});
    `;
    const { stdout, status } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 60_000 });
    expect({ stdout, status }).toEqual({ stdout: 'from the child\n', status: 0 });
  });
});
