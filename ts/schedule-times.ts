import type { RepeatOptions } from './options/scheduler-options';

/** Dates as times, which JSON can carry. */
export function withTimes(repeat: RepeatOptions): RepeatOptions {
  const { startDate, endDate, ...rest } = repeat;
  return {
    ...rest,
    ...(startDate !== undefined && { startDate: timeOf('startDate', startDate) }),
    ...(endDate !== undefined && { endDate: timeOf('endDate', endDate) }),
  };
}

function timeOf(option: string, date: Date | string | number): number {
  const time = new Date(date).getTime();
  if (Number.isNaN(time)) {
    throw new TypeError(`${option} must be a date, got ${String(date)}`);
  }
  return time;
}
