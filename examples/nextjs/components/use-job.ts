'use client';

import { useSyncExternalStore } from 'react';

import type { JobSnapshot } from '@/lib/queue/job-progress';

const snapshots = new Map<string, JobSnapshot>();
const listeners = new Set<() => void>();
let stream: EventSource | undefined;

/** The job of an upload as it stands, live; undefined until the server has told. */
export function useJob(id: string | undefined): JobSnapshot | undefined {
  return useSyncExternalStore(
    listen,
    () => (id === undefined ? undefined : snapshots.get(id)),
    () => undefined,
  );
}

/** All listeners of a page share one stream, which lives as long as there are any. */
function listen(listener: () => void): () => void {
  listeners.add(listener);
  stream ??= open();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stream?.close();
    stream = undefined;
  };
}

/** The browser connects again by itself when the stream breaks. */
function open(): EventSource {
  const source = new EventSource('/api/files/progress');
  source.onmessage = ({ data }: MessageEvent<string>) => {
    const job = JSON.parse(data) as JobSnapshot;
    snapshots.set(job.id, job);
    for (const listener of listeners) listener();
  };
  return source;
}
