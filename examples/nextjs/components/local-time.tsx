'use client';

import { useSyncExternalStore } from 'react';

const never = () => () => {};

/** A time of day in the reader's zone, which the server does not know. */
export function LocalTime({ iso }: { iso: string }) {
  const format = () => new Date(iso).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return <time dateTime={iso}>{useSyncExternalStore(never, format, () => '')}</time>;
}
