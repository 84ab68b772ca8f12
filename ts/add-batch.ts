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

/** The id of a job, or why it was not added. */
type Answer = string | NativeErrorDetails;

interface Waiter {
  resolve(id: string): void;
  reject(error: unknown): void;
}

/** Adds of one turn to one queue, as many as fill a call, whatever objects they were made through: they cross together. */
interface AddBatch {
  native: NativeQueue;
  text: string;
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
  batch.text = batch.text ? `${batch.text}\n${linesOf(job)}` : linesOf(job);
  return new Promise((resolve, reject) => {
    batch.waiters.push({ resolve, reject });
    if (batch.waiters.length === JOBS_PER_CALL) {
      leave(key, batch);
    }
  });
}

/** Adds all jobs or, if one of them is refused, none; answers their ids. */
export async function addAll(queue: QueueLike, jobs: readonly NewJob[]): Promise<string[]> {
  return JSON.parse(await answer(queue.native.addAll(jobs.map(linesOf).join('\n')))) as string[];
}

function startBatch(key: string, native: NativeQueue): AddBatch {
  const batch: AddBatch = { native, text: '', waiters: [] };
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

/** Three lines. Each job carries its own time: a test may move the clock between two adds of the same turn. */
function linesOf({ timestamp, name, opts, data }: NewJob): string {
  return `[${timestamp},${quoted(name)}]\n${opts}\n${data}`;
}

let lastName = '';
let lastQuoted = '""';

/** The JSON text of a name. Most jobs have that of the job before, and to quote a name takes as long as all else about a job's lines. */
function quoted(name: string): string {
  if (name !== lastName) {
    lastQuoted = JSON.stringify(name);
    lastName = name;
  }
  return lastQuoted;
}

/** Batches without an answer, by ticket, of each queue that adds were made through. */
const sent = new WeakMap<NativeQueue, ChangingMap<readonly Waiter[]>>();

let lastTicket = 0;

function send({ native, text, waiters }: AddBatch): void {
  const batches = batchesOf(native);
  lastTicket = (lastTicket + 1) % MAX_TICKETS;
  batches.set(lastTicket, waiters);
  if (batches.size === 1) {
    native.awaitAdded(true);
  }
  native.add(lastTicket, text);
}

function batchesOf(native: NativeQueue): ChangingMap<readonly Waiter[]> {
  let batches = sent.get(native);
  if (!batches) {
    const started = new ChangingMap<readonly Waiter[]>();
    batches = started;
    sent.set(native, started);
    native.onAdded((ticket, added, error) => {
      const waiters = started.take(ticket) ?? [];
      if (started.size === 0) {
        native.awaitAdded(false);
      }
      answerAll(waiters, added, error);
    });
  }
  return batches;
}

/** `added`: a JSON array with the id of each job or why it was refused. */
function answerAll(waiters: readonly Waiter[], added: string | null, error: NativeErrorDetails | null): void {
  const answers = added === null ? [] : (JSON.parse(added) as Answer[]);
  const answerSome = (first: number, end: number): void => {
    for (let index = first; index < end; index += 1) {
      answerOne(waiters[index] as Waiter, error ?? (answers[index] as Answer));
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

function answerOne(waiter: Waiter, added: Answer): void {
  if (typeof added === 'string') {
    waiter.resolve(added);
  } else {
    waiter.reject(toError(added));
  }
}
