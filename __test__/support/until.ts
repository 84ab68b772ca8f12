import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 10;

/** Waits until `condition` answers something true, which it returns; fails after `deadlineMs` with what was waited for. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  deadlineMs = 45_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await sleep(POLL_INTERVAL_MS);
  }
}
