import { queueEvents, queueService, QUEUE_NAMES } from '.';

/** What a page shows of a job. */
export interface JobSnapshot {
  id: string;
  state: string;
  /** 0-100. */
  progress: number;
  attemptsMade: number;
  result?: unknown;
  failedReason?: string;
}

const EVENTS = ['waiting', 'active', 'delayed', 'progress', 'completed', 'failed'] as const;
/** Proxies close connections that are silent for longer. */
const HEARTBEAT_MS = 15_000;

/** A job of the file queue as it stands in Redis. */
export async function snapshotOf(id: string): Promise<JobSnapshot> {
  const queue = queueService().queue(QUEUE_NAMES.FILE_PROCESSING);
  // In this order: a job that has completed has its result, one read before may complete in between.
  const state = await queue.getJobState(id);
  const job = await queue.getJob(id);
  if (!job) return { id, state: 'unknown', progress: 0, attemptsMade: 0 };
  return {
    id,
    state,
    progress: typeof job.progress === 'number' ? job.progress : 0,
    attemptsMade: job.attemptsMade,
    ...(state === 'completed' && { result: job.returnvalue as unknown }),
    ...(job.failedReason && { failedReason: job.failedReason }),
  };
}

/**
 * Jobs of the file queue as server-sent events, until `signal` fires: those of `ids` as they stand, then each change of a job
 * that `isWanted`.
 *
 * Every event is a whole snapshot, so a page that reconnects has missed nothing. One stream serves a whole page: browsers open
 * few connections to a server, and each stream holds one.
 */
export function jobEventStream(
  ids: string[],
  isWanted: (id: string) => boolean,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const events = queueEvents(QUEUE_NAMES.FILE_PROCESSING);
  const encoder = new TextEncoder();
  const end = new AbortController();
  const ended = AbortSignal.any([signal, end.signal]);
  return new ReadableStream({
    async start(controller) {
      const write = (text: string) => {
        if (!ended.aborted) controller.enqueue(encoder.encode(text));
      };
      // One after the other: an older snapshot must not arrive after a newer one.
      let last = Promise.resolve();
      const send = ({ jobId }: { jobId: string }) => {
        if (!isWanted(jobId)) return;
        last = last
          .then(() => snapshotOf(jobId))
          .then((snapshot) => write(`data: ${JSON.stringify(snapshot)}\n\n`))
          .catch((error: unknown) => {
            // The page connects again and begins with what is true then.
            if (!ended.aborted) controller.error(error);
            end.abort();
          });
      };
      const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
      // Listening comes before looking: nothing can happen unseen between the two.
      await events.waitUntilReady();
      for (const name of EVENTS) events.on(name, send);
      const stop = () => {
        clearInterval(heartbeat);
        for (const name of EVENTS) events.off(name, send);
        if (!end.signal.aborted) controller.close();
      };
      if (ended.aborted) return stop();
      ended.addEventListener('abort', stop, { once: true });
      write('retry: 1000\n\n');
      for (const jobId of ids) send({ jobId });
    },
    cancel: () => end.abort(),
  });
}
