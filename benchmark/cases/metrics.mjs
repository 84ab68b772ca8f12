/** What is measured: its title and unit, whether more of it is better, and digits after the point in a report. */
export const micros = (title) => ({ title, unit: 'µs', better: 'lower', digits: 0 });
export const millis = (title, digits = 2) => ({ title, unit: 'ms', better: 'lower', digits });
export const seconds = (title) => ({ title, unit: 's', better: 'lower', digits: 1 });
export const megabytes = (title) => ({ title, unit: 'MB', better: 'lower', digits: 1 });
export const bytes = (title) => ({ title, unit: 'bytes', better: 'lower', digits: 0 });
export const perSecond = (title, { unit = 'jobs/s', digits = 0 } = {}) => ({ title, unit, better: 'higher', digits });

/** What a job costs the two processes that work on it. */
export const COST = {
  nodeCpu: micros('client CPU per job'),
  redisCpu: micros('Redis CPU per job'),
  redisCommands: { title: 'Redis commands per job', better: 'lower', digits: 1 },
  longestScript: millis('longest command'),
};
