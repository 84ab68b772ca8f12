/** So many jobs, in words. */
export function jobCount(count: number, state = ''): string {
  return `${count} ${state === '' ? '' : `${state} `}${count === 1 ? 'job' : 'jobs'}`;
}
