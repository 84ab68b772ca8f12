import { section, thrownBy } from '../scenario';

export const add = section('add', {
  async *'one job'({ queue }) {
    yield await queue.add('greet', { to: 'ann' });
  },
  async *'jobs are numbered in the order of their adds'({ queue }) {
    yield await Promise.all(['a', 'b', 'c'].map((name) => queue.add(name, { name })));
  },
  async *'undefined data'({ queue }) {
    yield await queue.add('empty', undefined);
    yield await queue.getJob('1');
  },
  async *'data that is not an object'({ queue }) {
    for (const data of [null, 0, 'text', true, [1, 2, []]]) yield await queue.add('plain', data);
    yield await queue.getJobs();
  },
  async *'unicode, newlines and separators in name and data'({ queue }) {
    yield await queue.add('größe 🎥\n:x', { text: 'a\u2028b\n"\\ 🖼️', 'key\n': '' });
    yield await queue.getJob('1');
  },
  async *'numbers keep their digits'({ queue }) {
    yield await queue.add('numbers', { big: 9007199254740991, small: 1e-7, negative: -0.1 });
    yield await queue.getJob('1');
  },
  async *'a time stamp of its own'({ queue }) {
    yield await queue.add('old', {}, { timestamp: 1_600_000_000_000 });
  },
  async *'every option that is only stored'({ queue }) {
    const opts = {
      attempts: 4,
      backoff: 250,
      keepLogs: 3,
      stackTraceLimit: 2,
      removeOnComplete: true,
      removeOnFail: 10,
    };
    yield await queue.add('options', {}, opts);
    yield await queue.getJob('1');
  },
  async *'backoff and retention as objects'({ queue }) {
    const backoff = { type: 'exponential', delay: 100, jitter: 0.5 };
    yield await queue.add(
      'options',
      {},
      { backoff, removeOnComplete: { age: 60, count: 5 }, removeOnFail: { age: 1, limit: 2 } },
    );
    yield await queue.getJob('1');
  },
  async *'options that are undefined'({ queue }) {
    yield await queue.add('undefined', {}, { priority: undefined, delay: undefined, jobId: undefined } as object);
  },
  async *'an option that nobody knows'({ queue }) {
    yield await queue.add('custom', {}, { mine: { nested: [1] } } as object);
    yield await queue.getJob('1');
  },
  async *'after the settings of the queue were lost'({ queue, redis, prefix }) {
    await redis.del(`${prefix}:compat:meta`);
    yield await queue.add('greet', {});
  },
  async *'a trimmed event stream'({ queue }) {
    for (let i = 0; i < 20; i += 1) await queue.add('event', { i });
    yield await queue.trimEvents(5);
  },
});

export const addWithDefaults = section(
  'add with default job options',
  {
    async *'defaults are stored with the job'({ queue }) {
      yield await queue.add('greet', {});
      yield await queue.add('greet', {}, { attempts: 1, delay: 0 });
      yield queue.defaultJobOptions;
    },
    async *'defaults reach jobs of addBulk'({ queue }) {
      yield await queue.addBulk([
        { name: 'a', data: 1 },
        { name: 'b', data: 2, opts: { attempts: 9 } },
      ]);
    },
  },
  { defaultJobOptions: { attempts: 3, backoff: { type: 'fixed', delay: 50 }, delay: 5000, removeOnComplete: 3 } },
);

const REFUSED: Record<string, object> = {
  'an integer as id': { jobId: '12' },
  'an id with one colon': { jobId: 'a:b' },
  'an id with three colons': { jobId: 'a:b:c:d' },
  'a priority above the limit': { priority: 2_097_152 },
  'a fractional priority': { priority: 1.5 },
  'a jitter above 1': { backoff: { type: 'fixed', delay: 1, jitter: 1.5 } },
  'a negative jitter': { backoff: { type: 'fixed', delay: 1, jitter: -0.5 } },
  'data above the size limit': { sizeLimit: 10 },
  'both kinds of parent failure': { failParentOnFailure: true, removeDependencyOnFailure: true },
  debounce: { debounce: { id: 'x', ttl: 1 } },
};

export const refusedIds = section('add refuses', {
  async *'the ids that markers of older queues have'({ queue }) {
    yield await thrownBy(() => queue.add('refused', {}, { jobId: '0' }));
    yield await thrownBy(() => queue.add('refused', {}, { jobId: '0:x' }));
  },
});

export const refusedAdds = Object.entries(REFUSED).flatMap(([what, opts]) =>
  section('add refuses', {
    async *[what]({ queue }) {
      yield await thrownBy(() => queue.add('refused', { text: 'ünicode text' }, opts));
      yield await thrownBy(() => queue.addBulk([{ name: 'refused', data: { text: 'ünicode text' }, opts }]));
    },
  }),
);
