import type { Queue } from 'bullmq';

const DEADLINE_MS = 60_000;
const INTERVAL_MS = 20;

/** Waits until so many jobs of a queue are completed or failed for good. */
export async function untilSettled(queue: Queue, jobs: number, deadlineMs = DEADLINE_MS): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const counts = await queue.getJobCounts();
    if ((counts['completed'] ?? 0) + (counts['failed'] ?? 0) >= jobs) return;
    if (performance.now() > deadline) throw new Error(`${jobs} jobs did not settle: ${JSON.stringify(counts)}`);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}
