import { CronExpressionParser } from 'cron-parser';

import { nextCronTime } from '../ts/native';
import { CronTriples, type CronTriple } from './support/cron-triples';

const TRIPLES = 4000;
const SEED = 20_261_124;

/** The answer of the library that BullMQ uses: a time, or that it refuses. */
function expected({ pattern, from, zone }: CronTriple): number | 'refused' {
  try {
    return CronExpressionParser.parse(pattern, { currentDate: new Date(from), tz: zone })
      .next()
      .getTime();
  } catch {
    return 'refused';
  }
}

function actual({ pattern, from, zone }: CronTriple): number | 'refused' {
  try {
    return nextCronTime(pattern, from, zone) ?? 'refused';
  } catch {
    return 'refused';
  }
}

describe('cron patterns', () => {
  test(`have the next time that cron-parser finds, for ${TRIPLES} random patterns, times and zones`, () => {
    const triples = new CronTriples(SEED);
    const differing: unknown[] = [];
    let times = 0;
    for (let i = 0; i < TRIPLES; i += 1) {
      const triple = triples.next();
      const [ours, theirs] = [actual(triple), expected(triple)];
      times += theirs === 'refused' ? 0 : 1;
      if (ours !== theirs) differing.push({ ...triple, ours, theirs });
    }
    expect(differing).toEqual([]);
    expect(times).toBeGreaterThan(TRIPLES * 0.95);
  });

  test.each([
    ['0 0 * * MON#2', '2026-02-09T00:00:00.000Z'],
    ['0 0 L * *', '2026-01-31T00:00:00.000Z'],
    ['30 0 9 * * 1-5', '2026-01-16T09:00:30.000Z'],
  ])('%s is understood', (pattern, next) => {
    expect(new Date(nextCronTime(pattern, Date.UTC(2026, 0, 15, 12), 'UTC') ?? 0).toISOString()).toBe(next);
  });

  test.each(['bogus', '* * * * * * *', '* * 15W * *', '1,1 * * * *', '0 0 * * 0,7'])('%s is refused', (pattern) => {
    const call = (): number | null => nextCronTime(pattern, 0, 'UTC');
    expect(call).toThrow(`Invalid cron pattern "${pattern}": `);
  });

  test('an unknown zone is refused', () => {
    expect(() => nextCronTime('* * * * *', 0, 'No/Where')).toThrow('Unknown time zone "No/Where"');
  });
});
