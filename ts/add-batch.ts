import { ChangingMap } from './changing-map';
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

/** Tickets are 32-bit numbers that come round long after they were answered. */
const MAX_TICKETS = 2 ** 32;

/** Batches of the turn that runs, by server and queue. */
const collecting = new ChangingMap<AddBatch>();

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
      send(started);
    });
  }
  return batch;
}

/** Each job carries its own time: a test may move the clock between two adds of the same turn. */
function linesOf(job: NewJob): [string, string, string] {
  return [JSON.stringify([job.timestamp, job.name]), job.opts, job.data];
}

/** Batches without an answer, by ticket, of each queue that adds were made through. */
const sent = new WeakMap<NativeQueue, ChangingMap<readonly Waiter[]>>();

let lastTicket = 0;

function send({ native, lines, waiters }: AddBatch): void {
  const batches = batchesOf(native);
  lastTicket = (lastTicket + 1) % MAX_TICKETS;
  batches.set(lastTicket, waiters);
  if (batches.size === 1) {
    native.awaitAdded(true);
  }
  native.add(lastTicket, lines.join('\n'));
}

function batchesOf(native: NativeQueue): ChangingMap<readonly Waiter[]> {
  let batches = sent.get(native);
  if (!batches) {
    const started = new ChangingMap<readonly Waiter[]>();
    batches = started;
    sent.set(native, started);
    native.onAdded((ticket, lines, error) => {
      const waiters = started.take(ticket) ?? [];
      if (started.size === 0) {
        native.awaitAdded(false);
      }
      answerAll(waiters, lines, error);
    });
  }
  return batches;
}

function answerAll(waiters: readonly Waiter[], lines: string | null, error: NativeErrorDetails | null): void {
  const answers = lines?.split('\n') ?? [];
  waiters.forEach((waiter, index) => {
    if (error) {
      waiter.reject(toError(error));
    } else {
      settle(waiter, answers[index] ?? '');
    }
  });
}

function settle(waiter: Waiter, line: string): void {
  const added = JSON.parse(line) as string | NativeErrorDetails;
  if (typeof added === 'string') {
    waiter.resolve(added);
  } else {
    waiter.reject(toError(added));
  }
}
