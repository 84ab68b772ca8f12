import { Worker } from '@synapse/queue';

import { queueEvents, queueService, QUEUE_NAMES, redis } from '@/lib/queue';
import { jobEventStream, snapshotOf, type JobSnapshot } from '@/lib/queue/job-progress';

/** Needs a Redis, that of REDIS_URL; real jobs run through it. */
const queue = queueService().queue(QUEUE_NAMES.FILE_PROCESSING);
const events = queueEvents(QUEUE_NAMES.FILE_PROCESSING);

afterAll(async () => {
  await Promise.all([queueService().close(), events.close()]);
});

/** Snapshots of a stream until one `isLast`. */
async function read(stream: ReadableStream<Uint8Array>, isLast: (job: JobSnapshot) => boolean): Promise<JobSnapshot[]> {
  const snapshots: JobSnapshot[] = [];
  for await (const text of stream.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
    if (!text.startsWith('data: ')) continue;
    const job = JSON.parse(text.slice('data: '.length)) as JobSnapshot;
    snapshots.push(job);
    if (isLast(job)) break;
  }
  return snapshots;
}

test('a stream begins with the job as it stands and ends with its result', async () => {
  const id = `ada_${Date.now()}`;
  await queueService().addImageProcessing({ fileId: id, filePath: 'uploads/photo', userId: 'ada' }, { jobId: id });
  const stream = jobEventStream([id], (other) => other === id, new AbortController().signal);
  let seen = (): void => undefined;
  const isSeen = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const snapshots = read(stream, ({ state }) => {
    seen();
    return state === 'completed';
  });
  const worker = new Worker(
    QUEUE_NAMES.FILE_PROCESSING,
    async (job) => {
      await isSeen;
      await job.updateProgress(50);
      return { thumbnailUrl: '/files/small.jpg' };
    },
    redis(),
  );
  const all = await snapshots;
  await worker.close();
  await queue.remove(id);
  expect(all[0]).toMatchObject({ id, progress: 0 });
  expect(all.at(-1)).toMatchObject({ state: 'completed', progress: 50, result: { thumbnailUrl: '/files/small.jpg' } });
});

test('a page that goes away leaves no listener behind', async () => {
  const before = events.listenerCount('completed');
  const page = new AbortController();
  const reader = jobEventStream([], () => true, page.signal).getReader();
  await reader.read();
  expect(events.listenerCount('completed')).toBe(before + 1);
  page.abort();
  expect((await reader.read()).done).toBe(true);
  expect(events.listenerCount('completed')).toBe(before);
});

test('a job that nobody knows is told as such', async () => {
  expect(await snapshotOf('nobody_1')).toEqual({ id: 'nobody_1', state: 'unknown', progress: 0, attemptsMade: 0 });
});
