import type { FailureJson } from './failure';
import { TEXTS_PER_JOB, type JobHeader } from './job-record';
import type { NativeErrorDetails } from './native-answer';
import type { LogLevel } from './worker-listener';

/** An event from the engine; `run` numbers the runs of a worker. */
export type WorkerEvent =
  | { event: 'ready' | 'drained' | 'askTime' | 'closed' }
  | { event: 'active'; run: number; isOurs: boolean; job: JobHeader }
  | { event: 'completed'; run: number; finishedOn: number; attemptsMade: number }
  | {
      event: 'failed';
      jobId: string;
      run: number;
      failure: FailureJson;
      attemptsMade: number;
      finishedOn?: number;
      delay: number;
    }
  | { event: 'timedOut'; jobId: string; run: number; failure: FailureJson }
  | { event: 'handedBack'; run: number }
  | { event: 'progress'; run: number }
  | { event: 'log'; run: number; level: LogLevel; message: string }
  | { event: 'stalled'; jobId: string }
  | { event: 'askSlot'; schedulerId: string; name: string; after: number }
  | { event: 'cancelled'; run: number; reason?: string }
  | { event: 'locksRenewed' | 'lockRenewalFailed'; jobIds: string[] }
  | { event: 'error'; error: NativeErrorDetails };

/** Lines that belong to an event: the texts of a job, or one JSON text that passes through untouched (empty if there is none). */
const PAYLOAD_LINES: Partial<Record<WorkerEvent['event'], number>> = {
  active: TEXTS_PER_JOB,
  completed: 1,
  failed: 1,
  progress: 1,
  askSlot: 1,
};

/**
 * Calls `handle` for each event of a batch, with the batch's lines and where the event's payload begins. The first line has all events:
 * to parse one array takes less than to parse each of its objects.
 */
export function forEachEvent(
  batch: string,
  handle: (event: WorkerEvent, lines: readonly string[], payload: number) => void,
): void {
  const lines = batch.split('\n');
  let payload = 1;
  for (const event of JSON.parse(lines[0] ?? '') as WorkerEvent[]) {
    handle(event, lines, payload);
    payload += PAYLOAD_LINES[event.event] ?? 0;
  }
}
