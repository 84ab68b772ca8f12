import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Processor } from 'bullmq';

import { section, thrownBy, type Scenario, type Script } from '../scenario';

const FOLDER = join(__dirname, '..', '..', 'fixtures', 'sandbox');

/** A file in the place of a processor; both libraries take it. */
const file = (name: string): Processor => join(FOLDER, name) as never;
const BY_NAME = file('by-name.cjs');

/** Runs jobs of one name to their end. */
function runs(name: string, { attempts = 1, data = {} } = {}): (useWorkerThreads: boolean) => Script {
  return (useWorkerThreads) =>
    async function* ({ queue, work }) {
      await queue.add(name, data, { attempts });
      yield await work(BY_NAME, { useWorkerThreads, ends: attempts });
      yield await queue.getJobLogs('1');
    };
}

const SCRIPTS: Record<string, (useWorkerThreads: boolean) => Script> = {
  'the fields of a job': runs('result', { data: { x: 1 } }),
  'no result': runs('nothing'),
  progress: runs('progress'),
  'log rows': runs('log'),
  'new data': runs('data'),
  'a job that moves itself back to wait': runs('wait'),
  'an error with properties': runs('fails', { attempts: 2 }),
  'an error that contains itself': runs('circle'),
  'an unrecoverable error': (useWorkerThreads) =>
    async function* ({ queue, work }) {
      await queue.add('unrecoverable', {}, { attempts: 3 });
      yield await work(BY_NAME, { useWorkerThreads, ends: 1 });
    },
  'an error that nothing catches': runs('uncaught'),
  'an exit without a code': runs('exit', { data: { code: 0 } }),
  'an exit with a code': runs('exit', { data: { code: 3 } }),
  'a job that moves itself to delayed': (useWorkerThreads) =>
    async function* ({ queue, work, clock }) {
      await queue.add('delay', { until: clock.now + 60_000 });
      yield await work(BY_NAME, { useWorkerThreads });
    },
  'kinds of files': (useWorkerThreads) =>
    async function* ({ queue, work }) {
      const url = pathToFileURL(join(FOLDER, 'module.mjs')) as unknown as Processor;
      for (const processor of [file('module.mjs'), file('compiled.cjs'), url]) {
        await queue.add('job', {});
        yield await work(processor, { useWorkerThreads, ends: 1 });
      }
    },
  'files without a processor': (useWorkerThreads) =>
    async function* ({ queue, work }) {
      // bullmq also prints why it fails such jobs.
      const printed = jest.spyOn(console, 'error').mockImplementation();
      for (const name of ['no-function.cjs', 'broken.cjs']) {
        await queue.add('job', {});
        yield await work(file(name), { useWorkerThreads, ends: 1 });
      }
      printed.mockRestore();
    },
};

/** Every script, in child processes or in threads. */
function inEach(title: string, useWorkerThreads: boolean): Scenario[] {
  const scripts = Object.entries(SCRIPTS).map(([name, script]) => [name, script(useWorkerThreads)] as const);
  return section(title, Object.fromEntries(scripts));
}

export const sandbox = [
  ...inEach('sandbox in a process', false),
  ...inEach('sandbox in a thread', true),
  ...section('sandbox refuses', {
    async *'a file that does not exist'({ worker, lend }) {
      const nowhere = ['/nowhere/processor.js', '/nowhere/processor', new URL('file:///nowhere/processor.mjs')];
      for (const path of nowhere) {
        yield await thrownBy(() => worker(path as unknown as Processor, { connection: lend() }));
      }
    },
  }),
];
