import type { Job, JobSchedulerJson } from 'bullmq';

import { section, thrownBy } from '../scenario';

const MINUTE_MS = 60_000;

/** What a scheduler's next job shows; its options are compared as they stand in Redis. */
export function shown(job: Job | undefined): unknown {
  return job && [job.id, job.name, job.data, job.delay, job.timestamp, job.priority, job.repeatJobKey];
}

export const everyUpsert = section('upsertJobScheduler with every', {
  async *'the first job runs now'({ queue }) {
    yield shown(await queue.upsertJobScheduler('s', { every: 1000 }));
    yield await queue.getJobScheduler('s');
  },
  async *'with name, data and options of the jobs'({ queue }) {
    const opts = { attempts: 3, backoff: 100, priority: 2, keepLogs: 5, removeOnComplete: { count: 2 } };
    yield shown(await queue.upsertJobScheduler('s', { every: 1000 }, { name: 'tick', data: { a: [1] }, opts }));
    yield await queue.getJobSchedulers();
  },
  async *'data that are no object'({ queue }) {
    for (const [i, data] of [null, 0, '', [1], {}, 'text', false].entries()) {
      yield shown(await queue.upsertJobScheduler(`s${i}`, { every: 1000 }, { data }));
    }
    yield await queue.getJobSchedulers();
  },
  async *'at the front of the queue'({ queue }) {
    await queue.add('other', {});
    yield shown(await queue.upsertJobScheduler('front', { every: 1000 }, { opts: { lifo: true } }));
    yield shown(await queue.upsertJobScheduler('back', { every: 1000 }));
  },
  async *'while the queue is paused'({ queue }) {
    await queue.pause();
    yield shown(await queue.upsertJobScheduler('s', { every: 1000 }));
    yield shown(await queue.upsertJobScheduler('later', { pattern: '0 0 1 1 *', tz: 'UTC' }));
    yield await queue.resume();
  },
  async *'tells no local listener'({ queue }) {
    const seen: unknown[] = [];
    queue.on('waiting', (job) => seen.push(job.id));
    await queue.upsertJobScheduler('s', { every: 1000 });
    yield seen;
  },
  async *'starting later'({ queue, clock }) {
    yield shown(await queue.upsertJobScheduler('s', { every: 1000, startDate: clock.now + 2500 }));
    yield shown(await queue.upsertJobScheduler('date', { every: 1000, startDate: new Date(clock.now + 2500) }));
    const text = new Date(clock.now + 2501).toISOString();
    yield shown(await queue.upsertJobScheduler('text', { every: 1000, startDate: text }));
  },
  async *'a start in the past'({ queue, clock }) {
    yield shown(await queue.upsertJobScheduler('s', { every: 1000, startDate: clock.now - 2500 }));
  },
  async *'an offset'({ queue, clock }) {
    clock.advance(100);
    yield shown(await queue.upsertJobScheduler('s', { every: 1000, offset: 300 }));
    clock.advance(800);
    yield shown(await queue.upsertJobScheduler('t', { every: 1000, offset: 300 }));
    yield shown(await queue.upsertJobScheduler('on time', { every: 1000, offset: 900 }));
    yield shown(await queue.upsertJobScheduler('none', { every: 1000, offset: 0 }));
    yield shown(await queue.upsertJobScheduler('larger', { every: 1000, offset: 1300 }));
    yield shown(await queue.upsertJobScheduler('uneven', { every: 777 }));
  },
  async *'an offset and a start'({ queue, clock }) {
    yield shown(await queue.upsertJobScheduler('s', { every: 1000, offset: 200, startDate: clock.now + 5000 }));
    yield shown(await queue.upsertJobScheduler('past', { every: 1000, offset: 200, startDate: clock.now - 500 }));
  },
  async *'a limit and an end'({ queue, clock }) {
    yield shown(await queue.upsertJobScheduler('s', { every: 1000, limit: 5, endDate: clock.now + MINUTE_MS }));
    yield shown(await queue.upsertJobScheduler('none', { every: 1000, limit: 0 }));
    yield shown(await queue.upsertJobScheduler('counted', { every: 1000, count: 5, limit: 7 }));
    yield shown(await queue.upsertJobScheduler('used up', { every: 1000, count: 7, limit: 7 }));
  },
  async *'ids with colons, and an empty one'({ queue }) {
    for (const id of ['a:b', 'a:b:c:d:e:f', '', 'ünï "quoted"']) {
      yield shown(await queue.upsertJobScheduler(id, { every: 1000 }));
    }
  },
});

export const everyReplaced = section('upsertJobScheduler again', {
  async *'while its job waits'({ queue, clock }) {
    await queue.upsertJobScheduler('s', { every: 1000 }, { data: 1 });
    clock.advance(10);
    yield shown(await queue.upsertJobScheduler('s', { every: 1000 }, { data: 2 }));
    yield await queue.getJobs();
  },
  async *'while its job has a priority'({ queue, clock }) {
    await queue.upsertJobScheduler('s', { every: 1000 }, { opts: { priority: 3 } });
    clock.advance(10);
    yield shown(await queue.upsertJobScheduler('s', { every: 1000 }, { opts: { priority: 4 } }));
    yield shown(await queue.upsertJobScheduler('s', { every: 2000 }));
  },
  async *'while its job is delayed'({ queue, clock }) {
    await queue.upsertJobScheduler('s', { every: 5000, offset: 300 });
    clock.advance(10);
    yield shown(await queue.upsertJobScheduler('s', { every: 5000 }, { data: 2 }));
    yield shown(await queue.upsertJobScheduler('s', { every: 5000, offset: 700 }));
    clock.advance(9000);
    yield shown(await queue.upsertJobScheduler('s', { every: 5000 }));
  },
  async *'with another interval'({ queue, clock }) {
    await queue.upsertJobScheduler('s', { every: 5000, startDate: clock.now + 2000 });
    yield shown(await queue.upsertJobScheduler('s', { every: 6000 }));
    yield shown(await queue.upsertJobScheduler('s', { every: 7000, offset: 500 }));
    yield shown(await queue.upsertJobScheduler('s', { every: 8000, startDate: clock.now + 3333 }));
    yield shown(await queue.upsertJobScheduler('s', { every: 8000, startDate: clock.now + 5555 }));
  },
  async *'with a pattern, and with an interval again'({ queue }) {
    await queue.upsertJobScheduler('s', { every: 1000, offset: 300 }, { opts: { attempts: 2 }, data: { a: 1 } });
    yield shown(await queue.upsertJobScheduler('s', { pattern: '*/10 * * * * *' }));
    yield shown(await queue.upsertJobScheduler('s', { every: 1000 }));
  },
  async *'when its job was taken'({ queue, clock, manualWorker }) {
    await queue.upsertJobScheduler('s', { every: 3000 });
    const job = await manualWorker().getNextJob('token', { block: false });
    yield shown(await queue.upsertJobScheduler('s', { every: 3000 }, { data: 6 }));
    yield shown(await queue.upsertJobScheduler('s', { every: 500 }, { data: 7 }));
    clock.advance(10);
    yield await job.moveToCompleted(1, 'token', false);
  },
  ...Object.fromEntries(
    [{ pattern: '* * * * * *', tz: 'UTC' }, { every: 5000 }, { every: 1000 }, { every: 1000, offset: 40 }].map(
      (next) => [
        `with ${JSON.stringify(next)} when no job of it waits`,
        async function* ({ queue, clock, manualWorker }) {
          const schedule = { every: 1000, offset: 300, limit: 1 };
          yield shown(await queue.upsertJobScheduler('s', schedule));
          const job = await manualWorker().getNextJob('token', { block: false });
          yield shown(await queue.upsertJobScheduler('s', next));
          await queue.removeJobScheduler('s');
          yield await job.moveToCompleted(1, 'token', false);
          await queue.upsertJobScheduler('s', schedule);
          clock.advance(9000);
          await (await manualWorker().getNextJob('other', { block: false })).moveToCompleted(1, 'other', false);
          clock.advance(2600);
          yield shown(await queue.upsertJobScheduler('s', next));
        } satisfies Parameters<typeof section>[1][string],
      ],
    ),
  ),
  async *'when all its jobs have run'({ queue, clock, manualWorker }) {
    await queue.upsertJobScheduler('s', { every: 1000, limit: 1 });
    await (await manualWorker().getNextJob('token', { block: false })).moveToCompleted(1, 'token', false);
    clock.advance(5500);
    yield shown(await queue.upsertJobScheduler('s', { every: 1000, limit: 2 }));
  },
});

const SLOTS_TAKEN = [3, 32, 33];

export const collisions = section('upsertJobScheduler and jobs in its way', {
  ...Object.fromEntries(
    SLOTS_TAKEN.map((count) => [
      `${count} slots of an interval`,
      async function* ({ queue, redis, clock, prefix }) {
        for (let i = 0; i < count; i += 1) {
          await redis.hset(`${prefix}:compat:repeat:s:${clock.now + 1000 * i}`, 'name', 'other');
        }
        yield await thrownBy(() => queue.upsertJobScheduler('s', { every: 1000 }));
        yield await queue.getJobSchedulers();
      } satisfies Parameters<typeof section>[1][string],
    ]),
  ),
  async *'the slot of a pattern'({ queue, redis, clock, prefix }) {
    await redis.hset(`${prefix}:compat:repeat:s:${clock.now}`, 'name', 'other');
    yield await thrownBy(() => queue.upsertJobScheduler('s', { pattern: '0 0 * * *', immediately: true }));
    yield await queue.getJobSchedulers();
  },
});

const REFUSED: Record<string, object> = {
  'both kinds of schedule': { every: 1000, pattern: '* * * * *' },
  'no schedule': {},
  'an interval of 0': { every: 0 },
  'an empty pattern': { pattern: '' },
  'an end in the past': { every: 1000, endDate: 5 },
  'immediately with a start': { pattern: '* * * * *', immediately: true, startDate: 5 },
};

export const refusedSchedules = Object.entries(REFUSED).flatMap(([what, options]) =>
  section('upsertJobScheduler refuses', {
    async *[what]({ queue }) {
      yield await thrownBy(() => queue.upsertJobScheduler('s', options));
    },
  }),
);

export const refusedTemplates = section('upsertJobScheduler refuses', {
  async *debounce({ queue }) {
    const opts = { debounce: { id: 'x' } } as object;
    yield await thrownBy(() => queue.upsertJobScheduler('s', { every: 1000 }, { opts }));
  },
});

export const patternUpsert = section('upsertJobScheduler with a pattern', {
  async *'the next match'({ queue }) {
    yield shown(await queue.upsertJobScheduler('s', { pattern: '*/5 * * * * *' }, { name: 'tick' }));
    yield await queue.getJobScheduler('s');
  },
  async *'in a time zone'({ queue }) {
    for (const tz of ['America/New_York', 'Europe/Athens', 'Asia/Kolkata']) {
      yield shown(await queue.upsertJobScheduler(tz, { pattern: '0 30 9 * * *', tz }));
    }
  },
  async *'in every form'({ queue }) {
    const patterns = [
      '0 9 * * 1-5',
      '0 0 L * *',
      '0 0 * * MON#2',
      '0 0 * * 5L',
      '@daily',
      '0 0 1 jan,jul *',
      '0 0 29 2 *',
    ];
    for (const pattern of patterns) yield shown(await queue.upsertJobScheduler(pattern, { pattern, tz: 'UTC' }));
  },
  async *immediately({ queue, clock }) {
    yield shown(await queue.upsertJobScheduler('s', { pattern: '0 */10 * * * *', immediately: true }));
    clock.advance(5);
    yield shown(await queue.upsertJobScheduler('s', { pattern: '0 */10 * * * *', immediately: true }));
    yield shown(await queue.upsertJobScheduler('s', { pattern: '0 */10 * * * *' }));
  },
  async *'between a start and an end'({ queue, clock }) {
    const startDate = clock.now + 12_500;
    yield shown(
      await queue.upsertJobScheduler('s', { pattern: '*/10 * * * * *', startDate, endDate: startDate + 9000 }),
    );
    yield shown(await queue.upsertJobScheduler('none', { pattern: '0 0 * * *', endDate: clock.now + 1500 }));
    yield shown(
      await queue.upsertJobScheduler('exact', { pattern: '*/10 * * * * *', startDate: Date.UTC(2030, 0, 1, 0, 0, 20) }),
    );
    yield await queue.getJobSchedulers();
  },
  async *'an offset is not used'({ queue }) {
    yield shown(await queue.upsertJobScheduler('s', { pattern: '*/10 * * * * *', offset: 300 }));
  },
  async *'again when it is overdue'({ queue, clock }) {
    await queue.upsertJobScheduler('s', { pattern: '*/10 * * * * *' });
    clock.advance(35_000);
    yield shown(await queue.upsertJobScheduler('s', { pattern: '*/10 * * * * *' }));
  },
});

/** Ids, for scenarios about order. */
export function keysOf(schedulers: JobSchedulerJson[]): string[] {
  return schedulers.map(({ key }) => key);
}
