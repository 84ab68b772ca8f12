import { ConnectionClosedError, JobMissingError, WaitTimeoutError } from './errors';
import { textOrValue } from './job-record';
import { answer } from './native-answer';
import { QueueEvents } from './queue-events';
import type { QueueLike } from './queue-like';

/** Whose finish is waited for, and how. */
export interface FinishWait {
  queue: QueueLike;
  jobId: string;
  jobName: string;
  /** Reader to listen on; the process's shared one if absent. */
  queueEvents: QueueEvents | undefined;
  /** Longest wait, ms; no limit if absent. */
  ttl: number | undefined;
}

/** Waits for a job's end: listens first, then looks, so that an end in between is not missed. */
export async function waitUntilFinished<Result>(wait: FinishWait): Promise<Result> {
  if (wait.queueEvents) {
    return listenAndLook<Result>(wait, wait.queueEvents);
  }
  const reader = holdReader(wait.queue);
  try {
    return await listenAndLook<Result>(wait, reader.events);
  } finally {
    await releaseReader(reader);
  }
}

async function listenAndLook<Result>(wait: FinishWait, events: QueueEvents): Promise<Result> {
  const listener = new FinishListener<Result>(wait, events);
  try {
    const finish = listener.finish;
    // Rejections are handled by the race below, also when looking fails first.
    finish.catch(() => undefined);
    await Promise.race([events.waitUntilReady(), finish]);
    const known = await Promise.race([look<Result>(wait), finish.then((value) => ({ value }))]);
    return known ? known.value : await finish;
  } finally {
    listener.stop();
  }
}

/** The job's result if it has finished already. */
async function look<Result>({ queue, jobId }: FinishWait): Promise<{ value: Result } | undefined> {
  const end = await answer(queue.native.getJobEnd(jobId));
  if (!end) {
    return undefined;
  }
  if (!end.completed) {
    throw new Error(end.value);
  }
  return { value: textOrValue<Result>(end.value) };
}

function missing(queue: QueueLike, jobId: string): JobMissingError {
  return new JobMissingError(`Missing key for job ${queue.qualifiedName}:${jobId}. isFinished`, { jobId });
}

/** Listens for every way in which the wait can end. */
class FinishListener<Result> {
  readonly finish: Promise<Result>;
  private readonly undo: (() => void)[] = [];

  constructor(
    private readonly wait: FinishWait,
    events: QueueEvents,
  ) {
    this.finish = new Promise((resolve, reject) => {
      const { queue, jobId } = wait;
      this.on(events, `completed:${jobId}`, ({ returnvalue }) => {
        resolve(returnvalue as Result);
      });
      this.on(events, `failed:${jobId}`, ({ failedReason }) => {
        reject(new Error(failedReason as string));
      });
      this.on(events, `removed:${jobId}`, () => {
        reject(missing(queue, jobId));
      });
      this.rejectOnClose(queue.closeSignal, reject);
      this.rejectOnClose(events.closeSignal, reject);
      this.rejectAfterTtl(reject);
    });
  }

  stop(): void {
    for (const undo of this.undo) {
      undo();
    }
  }

  private on(
    events: QueueEvents,
    event: `${string}:${string}`,
    listener: (args: Record<string, unknown>) => void,
  ): void {
    events.on(event, listener);
    this.undo.push(() => {
      events.off(event, listener);
    });
  }

  private rejectOnClose(signal: AbortSignal, reject: (error: Error) => void): void {
    const onAbort = () => {
      reject(new ConnectionClosedError('Connection is closed.'));
    };
    if (signal.aborted) {
      onAbort();
    }
    signal.addEventListener('abort', onAbort, { once: true });
    this.undo.push(() => {
      signal.removeEventListener('abort', onAbort);
    });
  }

  private rejectAfterTtl(reject: (error: Error) => void): void {
    const { jobId, jobName, ttl } = this.wait;
    if (ttl === undefined) {
      return;
    }
    const timer = setTimeout(() => {
      const reason = `timed out before finishing, no finish notification arrived after ${ttl}ms`;
      reject(new WaitTimeoutError(`Job wait ${jobName} ${reason} (id=${jobId})`, { jobId }));
    }, ttl);
    this.undo.push(() => {
      clearTimeout(timer);
    });
  }
}

/** One reader for all waits of the process on one queue; open while somebody waits, for an open one keeps the process alive. */
interface SharedReader {
  key: string;
  events: QueueEvents;
  waits: number;
}

const readers = new Map<string, SharedReader>();

function holdReader(queue: QueueLike): SharedReader {
  const key = `${queue.connectionKey}\n${queue.qualifiedName}`;
  let reader = readers.get(key);
  if (!reader) {
    const { connection, prefix } = queue.opts;
    reader = { key, events: new QueueEvents(queue.name, { connection, prefix }), waits: 0 };
    // The waits end by their results or their ttl; the reader reconnects by itself meanwhile.
    reader.events.on('error', () => undefined);
    readers.set(key, reader);
  }
  reader.waits += 1;
  return reader;
}

async function releaseReader(reader: SharedReader): Promise<void> {
  reader.waits -= 1;
  if (reader.waits === 0) {
    readers.delete(reader.key);
    await reader.events.close();
  }
}
