/** What a reader must know about the numbers of a part. */
export const NOTES = {
  queue: [
    'bee-queue has no locks that are renewed, no stream of events and no state changes as atomic as those of the others: it does less per job. It has neither priorities nor flows.',
    'The Rust crate runs without Node, on all cores; its processor, checks and events are those of the others.',
    '`process`: jobs are in the queue beforehand; from the first call of the processor to the last local `completed` event. Delayed jobs: from `run()`, all of them due.',
    '`addPushNotification` through `QueueService`, against `queue.add` with the same job options: three attempts, exponential backoff, limits of age and count, priority 1.',
    'Native processor: `batch-push-notification` for an empty list of users, which has nothing to do; the processor of the other peer answers the same and writes no log lines, so ours go to an empty listener.',
    'The longest command is that of `SLOWLOG`; 0 is less than half a millisecond. It is wall time: where all cores are busy, it counts that Redis waits for one, 4 ms at a time, whatever the peer.',
  ],
  images: [
    'All files are made from the photo of the quickstart and written, each job through the queue.',
    '"A pipeline per file" decodes the photo for each file; "one decode" makes smaller files from the pixels of the largest.',
    'Avatars are WebP of quality 80; sharp uses the same encoder with the same effort.',
  ],
  push: [
    'Messages of about 300 bytes, encrypted, signed and delivered over TLS to a receiver on loopback that speaks HTTP/2 and HTTP/1.1. It shares the cores, reads one message in 50 and counts the rest.',
    'The jobs come from `QueueService` and wait beforehand. The native processor finds subscriptions in SQLite, the processor around `web-push` in an array.',
  ],
  network: [
    'A proxy in a process of its own hands on what clients send that much later and answers at once, so that a round trip takes that much longer. Bandwidth is not limited.',
    'A timer of Node is up to a millisecond late: 1 ms is between 1 and 2 ms, for all peers alike.',
  ],
  growth: [
    'The queue is filled once and loaded before each measurement: all peers find the same jobs. "Waiting" are jobs behind those that are measured.',
    'The longest command is that of `SLOWLOG`; 0 is less than half a millisecond.',
  ],
  maintenance: [
    'Each operation is called once on a queue whose million jobs are all in one state.',
    'The longest command or script is that of `SLOWLOG`: how long everyone else had to wait at most.',
  ],
};
