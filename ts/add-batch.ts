import type { NativeQueue } from './native';
import { answer, toError, type NativeErrorDetails } from './native-answer';
import type { QueueLike } from './queue-like';
import { atEndOfTurn } from './timers';

/** A job on its way to the engine. */
export interface NewJob {
  name: string;
  /** When it was made, ms since the Unix epoch. */
  timestamp: number;
  /** JSON text, long option names. */
  opts: string;
  /** JSON text. */
  data: string;
}

interface Waiter {
  resolve(id: string): void;
  reject(error: unknown): void;
}

/** Adds of one turn to one queue, whatever objects they were made through: they cross in one call with one promise. */
interface AddBatch {
  native: NativeQueue;
  lines: string[];
  waiters: Waiter[];
}

/** Batches of the turn that runs, by server and queue. */
const collecting = new Map<string, AddBatch>();

/** Adds one job together with all others of this turn and answers its id. */
export function addSoon(queue: QueueLike, job: NewJob): Promise<string> {
  const batch = batchOf(queue);
  batch.lines.push(...linesOf(job));
  return new Promise((resolve, reject) => {
    batch.waiters.push({ resolve, reject });
  });
}

/** Adds all jobs or, if one of them is refused, none; answers their ids. */
export async function addAll(queue: QueueLike, jobs: readonly NewJob[]): Promise<string[]> {
  const ids = await answer(queue.native.addAll(jobs.flatMap(linesOf).join('\n')));
  return ids.split('\n').map((line) => JSON.parse(line) as string);
}

function batchOf(queue: QueueLike): AddBatch {
  // Jobs of one batch share its deadline.
  const key = `${queue.connectionKey}\n${queue.qualifiedName}\n${queue.opts.deadlineMs ?? ''}`;
  let batch = collecting.get(key);
  if (!batch) {
    const started: AddBatch = { native: queue.native, lines: [], waiters: [] };
    batch = started;
    collecting.set(key, started);
    atEndOfTurn(() => {
      collecting.delete(key);
      void send(started);
    });
  }
  return batch;
}

/** Each job carries its own time: a test may move the clock between two adds of the same turn. */
function linesOf(job: NewJob): [string, string, string] {
  return [JSON.stringify([job.timestamp, job.name]), job.opts, job.data];
}

async function send({ native, lines, waiters }: AddBatch): Promise<void> {
  try {
    const answers = (await answer(native.add(lines.join('\n')))).split('\n');
    waiters.forEach((waiter, index) => {
      settle(waiter, answers[index] ?? '');
    });
  } catch (error) {
    for (const waiter of waiters) {
      waiter.reject(error);
    }
  }
}

function settle(waiter: Waiter, line: string): void {
  const added = JSON.parse(line) as string | NativeErrorDetails;
  if (typeof added === 'string') {
    waiter.resolve(added);
  } else {
    waiter.reject(toError(added));
  }
}
