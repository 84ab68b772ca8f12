import { once } from 'node:events';

import type { Command } from 'commander';

import { answer } from '../../native-answer';
import type { Queue } from '../../queue';
import type { JobState } from '../../types';
import { durationText, parseDuration } from '../durations';
import { EventRates, type Rates } from '../event-rates';
import { Output, tableText, type Row } from '../output';
import { withQueues, type QueueAccess } from '../queue-access';
import { commonOptions, type CommonOptions } from './common-options';

interface StatsOptions extends CommonOptions {
  queue?: string[];
  once?: boolean;
  interval: number;
}

/** One queue at one moment. */
interface QueueStats {
  queue: string;
  counts: Record<string, number>;
  paused: boolean;
  workers: number;
  overdue: number;
  longestOverdueMs: number;
  abandoned: string[];
  oldestWaitingMs: number | null;
}

type Inspection = Pick<QueueStats, 'overdue' | 'longestOverdueMs' | 'abandoned' | 'oldestWaitingMs'>;

const DEFAULT_INTERVAL_MS = 1000;
const STATES: JobState[] = ['waiting', 'prioritized', 'active', 'delayed', 'waiting-children', 'completed', 'failed'];
const HEAD = ['QUEUE', ...STATES.map((state) => state.toUpperCase()), 'OLDEST', 'OVERDUE', 'WORKERS'];
const RATES_HEAD = ['ADDED/S', 'DONE/S', 'FAILED/S'];
/** Moves the cursor to the top left and clears what is below. */
const CLEAR = '\u001b[H\u001b[J';

/** `synapse-queue stats` */
export function addStats(program: Command): void {
  const command = program
    .command('stats')
    .description('show how many jobs are where; on a terminal a live table with rates')
    .option('-q, --queue <name...>', 'only these queues; default: all under the prefix')
    .option('--once', 'print once and end, also on a terminal')
    .option('--interval <time>', 'time between refreshes', parseDuration, DEFAULT_INTERVAL_MS);
  commonOptions(command, ['stats', 'stats --queue email push-notifications', 'stats --once --json | jq .[].counts']);
  command.action((options: StatsOptions) => withQueues(options, (access) => showStats(access, options)));
}

async function showStats(access: QueueAccess, options: StatsOptions): Promise<void> {
  const isLive = process.stdout.isTTY && options.once !== true && options.json !== true;
  if (isLive) {
    await follow(access, options);
    return;
  }
  const stats = await readStats(await access.queues(options.queue));
  new Output(options.json).show(stats, (all) =>
    all.length > 0 ? tableText(HEAD, all.map(row)) : 'There are no queues.',
  );
}

/** Draws until Ctrl-C. */
async function follow(access: QueueAccess, { queue: names, interval }: StatsOptions): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
  });
  const queues = await access.queues(names);
  const rates = new EventRates(access, queues);
  while (!stop.signal.aborted) {
    const rows = (await readStats(queues)).map((stats) => [...row(stats), ...rateCells(rates.take(stats.queue))]);
    process.stdout.write(
      `${CLEAR}${tableText([...HEAD, ...RATES_HEAD], rows)}\n\n${new Date().toLocaleTimeString()}  Ctrl-C ends\n`,
    );
    await pause(interval, stop.signal);
  }
  await rates.close();
}

async function pause(interval: number, signal: AbortSignal): Promise<void> {
  const timer = AbortSignal.timeout(interval);
  await once(AbortSignal.any([timer, signal]), 'abort');
}

async function readStats(queues: readonly Queue[]): Promise<QueueStats[]> {
  return Promise.all(queues.map(readQueue));
}

async function readQueue(queue: Queue): Promise<QueueStats> {
  const [counts, paused, workers, inspection] = await Promise.all([
    queue.getJobCounts(...STATES),
    queue.isPaused(),
    queue.getWorkersCount(),
    answer(queue.native.inspect(Date.now())),
  ]);
  return { queue: queue.name, counts, paused, workers, ...(JSON.parse(inspection) as Inspection) };
}

function row({ queue, counts, paused, oldestWaitingMs, overdue, workers }: QueueStats): Row {
  const name = paused ? `${queue} (paused)` : queue;
  const oldest = oldestWaitingMs === null ? '-' : durationText(oldestWaitingMs);
  return [name, ...STATES.map((state) => counts[state] ?? 0), oldest, overdue, workers];
}

function rateCells({ added, completed, failed }: Rates): Row {
  return [added, completed, failed].map((rate) => rate.toFixed(rate < 10 ? 1 : 0));
}
