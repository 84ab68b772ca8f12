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

/** Adds of one turn to one queue, as many as fill a call, whatever objects they were made through: they cross together. */
interface AddBatch {
  native: NativeQueue;
  lines: string[];
  waiters: Waiter[];
}

/** So many jobs fill a script call: they leave before the turn ends, and Redis adds them while JavaScript makes the next. */
const JOBS_PER_CALL = 128;

/** From so many on, one half of the callers goes on in a turn of its own: Redis has their next jobs while the others go on. */
const DIVIDED_ANSWERS = 64;

/** Tickets are 32-bit numbers that come round long after they were answered. */
const MAX_TICKETS = 2 ** 32;

/** Batches of the turn that runs, by server and queue. */
const collecting = new ChangingMap<AddBatch>();

/** Adds one job together with others of this turn and answers its id. */
export function addSoon(queue: QueueLike, job: NewJob): Promise<string> {
  // Jobs of one batch share its deadline.
  const key = `${queue.connectionKey}\n${queue.qualifiedName}\n${queue.opts.deadlineMs ?? ''}`;
  const batch = collecting.get(key) ?? startBatch(key, queue.native);
  batch.lines.push(...linesOf(job));
  return new Promise((resolve, reject) => {
    batch.waiters.push({ resolve, reject });
    if (batch.waiters.length === JOBS_PER_CALL) {
      leave(key, batch);
    }
  });
}

/** Adds all jobs or, if one of them is refused, none; answers their ids. */
export async function addAll(queue: QueueLike, jobs: readonly NewJob[]): Promise<string[]> {
  const ids = await answer(queue.native.addAll(jobs.flatMap(linesOf).join('\n')));
  return ids.split('\n').map((line) => JSON.parse(line) as string);
}

function startBatch(key: string, native: NativeQueue): AddBatch {
  const batch: AddBatch = { native, lines: [], waiters: [] };
  collecting.set(key, batch);
  atEndOfTurn(() => {
    leave(key, batch);
  });
  return batch;
}

/** Sends a batch, unless it was full before the turn ended. */
function leave(key: string, batch: AddBatch): void {
  if (collecting.get(key) === batch) {
    collecting.delete(key);
    send(batch);
  }
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
  const answerSome = (first: number, end: number): void => {
    for (let index = first; index < end; index += 1) {
      answerOne(waiters[index] as Waiter, answers[index] ?? '', error);
    }
  };
  const firstPart = waiters.length < DIVIDED_ANSWERS ? waiters.length : Math.ceil(waiters.length / 2);
  answerSome(0, firstPart);
  if (firstPart < waiters.length) {
    atEndOfTurn(() => {
      answerSome(firstPart, waiters.length);
    });
  }
}

function answerOne(waiter: Waiter, line: string, error: NativeErrorDetails | null): void {
  if (error) {
    waiter.reject(toError(error));
  } else {
    settle(waiter, line);
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
