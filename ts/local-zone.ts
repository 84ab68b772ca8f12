import { systemZone } from './native';

/** Name of the time zone of this process, as `Date` uses it. */
export function localZone(): string {
  // `Intl` knows it always, but loads 8 MB of locales to say so.
  return systemZone() ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
