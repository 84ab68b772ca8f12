import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

import type { Command } from 'commander';

import type { Queue } from '../../queue';
import { Worker } from '../../worker';
import { wholeNumber } from '../durations';
import { Output, tableText } from '../output';
import { Progress } from '../progress';
import { withQueues, type QueueAccess } from '../queue-access';
import { commonOptions, type CommonOptions } from './common-options';

interface BenchOptions extends CommonOptions {
  jobs: number;
  concurrency: number;
}

/** What was measured. */
interface BenchResult {
  jobs: number;
  concurrency: number;
  addPerSecond: number;
  processPerSecond: number;
  roundTripMs: number;
}

const DEFAULT_JOBS = 20_000;
const DEFAULT_CONCURRENCY = 50;
/** Jobs per call while adding. */
const BULK = 1000;
const ROUND_TRIPS = 100;
/** Results are shown every so many jobs. */
const SHOWN_EVERY = 500;

/** `synapse-queue bench` */
export function addBench(program: Command): void {
  const command = program
    .command('bench')
    .description(
      'measure how fast this machine adds and runs empty jobs on your Redis, in a queue of its own that it removes',
    )
    .option('--jobs <count>', 'how many jobs', wholeNumber(1), DEFAULT_JOBS)
    .option('--concurrency <count>', 'jobs at once', wholeNumber(1), DEFAULT_CONCURRENCY);
  commonOptions(command, ['bench', 'bench --jobs 100000 --concurrency 200 --redis redis://10.0.0.5:6379']);
  command.action((options: BenchOptions) => withQueues(options, (access) => bench(access, options)));
}

async function bench(access: QueueAccess, options: BenchOptions): Promise<void> {
  const queue = access.queue(`synapse-queue-bench-${randomUUID()}`);
  const interrupted = new AbortController();
  const interrupt = () => {
    interrupted.abort();
  };
  process.once('SIGINT', interrupt);
  try {
    const result = await measure(access, queue, options, interrupted.signal);
    new Output(options.json).show(result, describe);
  } finally {
    process.off('SIGINT', interrupt);
    await queue.obliterate({ force: true });
  }
}

async function measure(
  access: QueueAccess,
  queue: Queue,
  { jobs, concurrency }: BenchOptions,
  signal: AbortSignal,
): Promise<BenchResult> {
  const roundTripMs = await timed(async () => {
    for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
      await queue.isPaused();
    }
  });
  const addMs = await timed(() => addJobs(queue, jobs, signal));
  const processMs = await processJobs(access, queue, { jobs, concurrency }, signal);
  return {
    jobs,
    concurrency,
    addPerSecond: Math.round(jobs / (addMs / 1000)),
    processPerSecond: Math.round(jobs / (processMs / 1000)),
    roundTripMs: Number((roundTripMs / ROUND_TRIPS).toFixed(3)),
  };
}

async function addJobs(queue: Queue, jobs: number, signal: AbortSignal): Promise<void> {
  const progress = new Progress('adding', jobs);
  for (let added = 0; added < jobs; added += BULK) {
    signal.throwIfAborted();
    const count = Math.min(BULK, jobs - added);
    await queue.addBulk(
      Array.from({ length: count }, (_, index) => ({ name: 'bench', data: { index: added + index } })),
    );
    progress.reached(added + count);
  }
  progress.end();
}

/** How long it takes from the first job to the last, ms. */
async function processJobs(
  { connection, prefix }: QueueAccess,
  queue: Queue,
  { jobs, concurrency }: Pick<BenchOptions, 'jobs' | 'concurrency'>,
  signal: AbortSignal,
): Promise<number> {
  const progress = new Progress('processing', jobs);
  const worker = new Worker(queue.name, () => Promise.resolve('done'), {
    autorun: false,
    concurrency,
    connection,
    ...(prefix !== undefined && { prefix }),
  });
  const finished = new AbortController();
  let completed = 0;
  let failure: Error | undefined;
  worker.on('error', (error) => {
    failure ??= error;
    finished.abort();
  });
  worker.on('completed', () => {
    completed += 1;
    if (completed === jobs) {
      finished.abort();
    } else if (completed % SHOWN_EVERY === 0) {
      progress.reached(completed);
    }
  });
  try {
    await worker.waitUntilReady();
    return await timed(async () => {
      void worker.run();
      await once(AbortSignal.any([finished.signal, signal]), 'abort');
      signal.throwIfAborted();
      if (failure) {
        throw failure;
      }
    });
  } finally {
    progress.end();
    await worker.close();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function describe({ jobs, concurrency, addPerSecond, processPerSecond, roundTripMs }: BenchResult): string {
  return tableText(
    ['WHAT', 'RESULT'],
    [
      ['round trip', `${roundTripMs} ms`],
      [`add ${jobs} jobs, ${BULK} a call`, `${addPerSecond} jobs/s`],
      [`run ${jobs} empty jobs, ${concurrency} at once`, `${processPerSecond} jobs/s`],
    ],
  );
}
