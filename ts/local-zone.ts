/** Name of the time zone of this process, as `Date` uses it. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
