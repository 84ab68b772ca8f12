import type { FailureJson } from './failure';
import { TEXTS_PER_JOB, type JobHeader } from './job-record';
import type { NativeErrorDetails } from './native-answer';
import type { LogLevel } from './worker-listener';

/** First line of an event in a batch from the engine. */
export type WorkerEvent =
  | { event: 'ready' | 'drained' | 'askTime' | 'closed' }
  | { event: 'active'; token: string; run: boolean; job: JobHeader }
  | { event: 'completed'; jobId: string; token: string; finishedOn: number; attemptsMade: number }
  | {
      event: 'failed';
      jobId: string;
      token: string;
      failure: FailureJson;
      attemptsMade: number;
      finishedOn?: number;
      delay: number;
    }
  | { event: 'timedOut'; jobId: string; token: string; failure: FailureJson }
  | { event: 'handedBack'; jobId: string; token: string }
  | { event: 'progress'; token: string }
  | { event: 'log'; token: string; level: LogLevel; message: string }
  | { event: 'stalled'; jobId: string }
  | { event: 'askSlot'; schedulerId: string; name: string; after: number }
  | { event: 'cancelled'; jobId: string; token: string; reason?: string }
  | { event: 'locksRenewed' | 'lockRenewalFailed'; jobIds: string[] }
  | { event: 'error'; error: NativeErrorDetails };

/** Lines that follow the first one: the texts of a job, or one JSON text that passes through untouched (empty if there is none). */
const PAYLOAD_LINES: Partial<Record<WorkerEvent['event'], number>> = {
  active: TEXTS_PER_JOB,
  completed: 1,
  failed: 1,
  progress: 1,
  askSlot: 1,
};

/** Calls `handle` for each event of a batch, with the batch's lines and where the event's payload begins. */
export function forEachEvent(
  batch: string,
  handle: (event: WorkerEvent, lines: readonly string[], payload: number) => void,
): void {
  const lines = batch.split('\n');
  let next = 0;
  while (next < lines.length) {
    const event = JSON.parse(lines[next] ?? '') as WorkerEvent;
    handle(event, lines, next + 1);
    next += 1 + (PAYLOAD_LINES[event.event] ?? 0);
  }
}
