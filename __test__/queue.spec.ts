import { Redis } from 'ioredis';

import { InvalidJobDataError, InvalidOptionError, Job, Queue } from '..';
import { redisUrl, uniquePrefix } from './support/redis';

const connection = { url: redisUrl() };

function openQueue(options: Partial<ConstructorParameters<typeof Queue>[1]> = {}): Queue {
  return new Queue('work', { connection, prefix: uniquePrefix(), ...options });
}

describe('a queue', () => {
  let queue: Queue;

  beforeEach(() => {
    queue = openQueue();
  });
  afterEach(() => queue.close());

  test('shows its name, keys and defaults', async () => {
    const prefix = queue.opts.prefix ?? '';
    expect(queue.name).toBe('work');
    expect(queue.qualifiedName).toBe(`${prefix}:work`);
    expect(queue.toKey('wait')).toBe(`${prefix}:work:wait`);
    expect(queue.keys).toMatchObject({ '': `${prefix}:work:`, events: `${prefix}:work:events` });
    expect(queue.defaultJobOptions).toEqual({});
    expect(queue.metaValues).toMatchObject({ 'opts.maxLenEvents': 10_000 });
    expect(queue.closing).toBeUndefined();
    await queue.waitUntilReady();
  });

  test.each([
    ['', 'Queue name must be provided'],
    ['a:b', 'Queue name cannot contain :'],
  ])('refuses the name %p', (name, message) => {
    expect(() => new Queue(name, { connection })).toThrow(message);
  });

  test('refuses a key prefix of ioredis', () => {
    expect(() => new Queue('work', { connection: { keyPrefix: 'x:' } })).toThrow(
      'BullMQ: ioredis does not support ioredis prefixes, use the prefix option instead.',
    );
  });

  test('adds a job and answers it with what it was given', async () => {
    const data = { to: 'ann@example.com' };
    const job = await queue.add('send', data, { attempts: 3, backoff: 500, delay: 5_000 });
    expect(job).toBeInstanceOf(Job);
    expect(job.id).toBe('1');
    expect(job.name).toBe('send');
    expect(job.data).toBe(data);
    expect(job.opts).toEqual({ attempts: 3, backoff: { type: 'fixed', delay: 500 }, delay: 5_000 });
    expect(job.delay).toBe(5_000);
  });

  test('stores names of any text, whichever name the job before had', async () => {
    const names = ['a', 'a', 'a "b"', 'two\nlines', 'a', '\\', 'ü', 'a', ''];
    const added = await Promise.all(names.map((name, i) => queue.add(name, { i })));
    const inBulk = await queue.addBulk(names.map((name, i) => ({ name, data: { i } })));
    const stored = await Promise.all([...added, ...inBulk].map(({ id = '' }) => queue.getJob(id)));
    expect(stored.map((job) => job?.name)).toEqual([...names, ...names]);
    expect(stored.map((job) => job?.data as unknown)).toEqual(
      [...names, ...names].map((_, i) => ({ i: i % names.length })),
    );
  });

  test('calls a job without a name __default__', async () => {
    const job = await queue.add({ to: 'ann' }, { priority: 2 });
    expect(job).toMatchObject({ name: '__default__', priority: 2, data: { to: 'ann' } });
  });

  test('gives its defaults to jobs that do not bring their own', async () => {
    const withDefaults = openQueue({ defaultJobOptions: { attempts: 4, removeOnComplete: true } });
    const [plain, own] = await Promise.all([withDefaults.add('a', 1), withDefaults.add('a', 1, { attempts: 1 })]);
    expect(plain.opts).toEqual({ attempts: 4, removeOnComplete: true });
    expect(own.opts).toEqual({ attempts: 1, removeOnComplete: true });
    await withDefaults.close();
  });

  test('keeps the order of jobs added in one turn, from several objects', async () => {
    const other = new Queue('work', { connection, prefix: queue.opts.prefix });
    const jobs = await Promise.all(
      Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? queue : other).add('n', { index })),
    );
    expect(jobs.map((job) => job.id)).toEqual(jobs.map((_, index) => String(index + 1)));
    const stored = await queue.getWaiting();
    expect(stored.map((job: Job<{ index: number }>) => job.data.index)).toEqual(jobs.map((_, index) => index));
    await other.close();
  });

  test('a refused job does not take its neighbours with it', async () => {
    const results = await Promise.allSettled([
      queue.add('a', {}),
      queue.add('b', {}, { priority: 1.5 }),
      queue.add('c', {}),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await queue.getJobCountByTypes('waiting')).toBe(2);
  });

  test.each([
    [{ jobId: '0' }, "JobId cannot be '0' or start with '0:'"],
    [{ jobId: '12' }, 'Custom Id cannot be integers'],
    [{ jobId: 'a:b' }, 'Custom Id cannot contain :'],
    [{ priority: 1.5 }, 'Priority should not be float'],
    [{ priority: 2_097_152 }, 'Priority should be between 0 and 2097151'],
    [{ backoff: { type: 'fixed', jitter: 2 } }, 'Jitter should be between 0 and 1'],
    [{ sizeLimit: 1 }, 'The size of job a exceeds the limit 1 bytes'],
  ])('refuses the options %p', async (options, message) => {
    const added = queue.add('a', {}, options);
    await expect(added).rejects.toThrow(InvalidOptionError);
    await expect(added).rejects.toThrow(message);
  });

  test.each([
    ['Buffer', { nested: [{ file: Buffer.from('abc') }] }, 'Buffer at `data.nested[0].file`'],
    ['Uint8Array', { file: new Uint8Array(3) }, 'Uint8Array at `data.file`'],
    ['ArrayBuffer', { file: new ArrayBuffer(3) }, 'ArrayBuffer at `data.file`'],
  ])('refuses a %s in the data and says what to do', async (_, data, place) => {
    const added = queue.add('a', data);
    await expect(added).rejects.toBeInstanceOf(InvalidJobDataError);
    await expect(added).rejects.toThrow(`${place}): write them to a file and pass its path`);
  });

  test('data that only looks like bytes is fine', async () => {
    const data = { '0': 'zero', empty: {}, like: { type: 'Buffer' } };
    const job = await queue.add('a', data);
    expect((await queue.getJob(job.id ?? ''))?.data).toEqual(data);
  });

  test('data that JSON cannot express is refused', async () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    await expect(queue.add('a', cycle)).rejects.toThrow(TypeError);
    await expect(queue.add('a', { big: 1n })).rejects.toThrow(TypeError);
  });

  test('undefined data is stored as an empty object', async () => {
    const job = await queue.add('a', undefined);
    expect((await queue.getJob(job.id ?? ''))?.data).toEqual({});
  });

  test('addBulk adds all jobs in order, or none', async () => {
    const jobs = await queue.addBulk([
      { name: 'a', data: 1 },
      { name: 'b', data: 2, opts: { jobId: 'mine' } },
    ]);
    expect(jobs.map(({ id, name }) => [id, name])).toEqual([
      ['1', 'a'],
      ['mine', 'b'],
    ]);
    const refused = queue.addBulk([
      { name: 'c', data: 1 },
      { name: 'd', data: 2, opts: { priority: -1 } },
    ]);
    await expect(refused).rejects.toThrow('Priority should be between 0 and 2097151');
    expect(await queue.count()).toBe(2);
    expect(await queue.addBulk([])).toEqual([]);
  });

  test('an id that exists adds nothing', async () => {
    await queue.add('a', { n: 1 }, { jobId: 'mine' });
    const again = await queue.add('a', { n: 2 }, { jobId: 'mine' });
    expect(again.id).toBe('mine');
    expect((await queue.getJob('mine'))?.data).toEqual({ n: 1 });
  });

  test('tells its listeners about jobs it added', async () => {
    const waiting: Job[] = [];
    queue.on('waiting', (job) => waiting.push(job));
    const job = await queue.add('a', {});
    expect(waiting).toEqual([job]);
  });

  test('a listener that throws becomes an error event and harms nobody', async () => {
    const errors: Error[] = [];
    queue.on('error', (error) => errors.push(error));
    queue.on('waiting', () => {
      throw new Error('listener');
    });
    await queue.add('a', {});
    expect(errors.map(({ message }) => message)).toEqual(['listener']);
  });

  test('is a class to be extended', async () => {
    class MailQueue extends Queue {
      send(to: string): Promise<Job> {
        return this.add('send', { to });
      }
    }
    const mails = new MailQueue('mail', { connection, prefix: uniquePrefix() });
    const job = await mails.send('ann');
    expect(mails).toBeInstanceOf(Queue);
    expect(await (Object.create(mails) as MailQueue).getJob(job.id ?? '')).toMatchObject({ data: { to: 'ann' } });
    await mails.close();
  });

  test('writes its settings to Redis, unless told to leave them', async () => {
    const silent = openQueue({ skipMetasUpdate: true });
    await silent.waitUntilReady();
    expect(await silent.getVersion()).toBeNull();
    await silent.close();
    const trimming = openQueue({ streams: { events: { maxLen: 50 } } });
    await trimming.add('a', {});
    expect(await trimming.getMeta()).toMatchObject({ maxLenEvents: 50, paused: false });
    expect(await trimming.getVersion()).toMatch(/^bullmq:\d+\.\d+\.\d+$/);
    await trimming.close();
  });

  test('takes the options of an ioredis client and leaves it open', async () => {
    const client = new Redis(redisUrl());
    const shared = openQueue({ connection: client });
    await shared.add('a', {});
    await shared.close();
    await client.ping();
    expect(client.status).toBe('ready');
    await client.quit();
  });

  test('closes twice, and refuses calls afterwards', async () => {
    const closed = openQueue();
    const adding = closed.add('a', {});
    await Promise.all([closed.close(), closed.close()]);
    await expect(adding).resolves.toMatchObject({ id: '1' });
    await expect(closed.add('a', {})).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  });
});
