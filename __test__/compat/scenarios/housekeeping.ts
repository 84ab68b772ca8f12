/* eslint-disable @typescript-eslint/no-deprecated -- the older names are part of the contract */
import { section } from '../scenario';

/** Fields of a job that is in no state. */
const LOST = { name: 'lost', data: '{}', opts: '{}', timestamp: '1' };

export const housekeeping = section('housekeeping', {
  async *'orphaned jobs go, with what belongs to them'({ queue, redis, prefix }) {
    await queue.add('kept', {});
    await queue.add('later', {}, { delay: 1000 });
    await queue.add('first', {}, { priority: 1 });
    await redis.hset(`${prefix}:compat:lost`, LOST);
    await redis.rpush(`${prefix}:compat:lost:logs`, 'row');
    await redis.rpush(`${prefix}:compat:bare:logs`, 'row');
    yield await queue.removeOrphanedJobs();
    yield await queue.removeOrphanedJobs();
  },
  async *'keys of schedulers, deduplications and metrics are no orphans'({ queue, redis, prefix }) {
    await queue.add('once', {}, { deduplication: { id: 'x' } });
    await redis.hset(`${prefix}:compat:repeat:nightly`, { name: 'nightly' });
    await redis.hset(`${prefix}:compat:repeat:nightly:5`, LOST);
    await redis.hset(`${prefix}:compat:metrics:completed`, { count: '1' });
    yield await queue.removeOrphanedJobs();
  },
  async *'orphaned jobs up to a limit'({ queue, redis, prefix }) {
    for (let i = 0; i < 5; i += 1) await redis.hset(`${prefix}:compat:lost${i}`, LOST);
    // Which ones go is up to the order of the scan.
    const removed = [await queue.removeOrphanedJobs(100, 5), await queue.removeOrphanedJobs(100, 5)];
    yield removed;
  },
  async *'the priorities of old releases'({ queue, redis, prefix }) {
    yield await queue.removeDeprecatedPriorityKey();
    await redis.zadd(`${prefix}:compat:priority`, 1, 'job');
    yield await queue.removeDeprecatedPriorityKey();
  },
  async *'metrics for Prometheus'({ queue, work }) {
    await queue.add('fine', {});
    await queue.add('later', {}, { delay: 1000 });
    await work(() => Promise.resolve(), { metrics: { maxDataPoints: 10 } });
    yield await queue.exportPrometheusMetrics();
    yield await queue.exportPrometheusMetrics({ env: 'a "b"\\\n', region: 'eu' });
  },
  async *'counts for a gauge'({ queue }) {
    await queue.add('job', {});
    yield await queue.recordJobCountsMetric();
    yield await queue.recordJobCountsMetric('wait', 'delayed');
  },
  async *'the older names of deduplication'({ queue }) {
    await queue.add('once', {}, { deduplication: { id: 'x' } });
    yield await queue.getDebounceJobId('x');
    yield await queue.removeDebounceKey('x');
    yield await queue.getDebounceJobId('x');
  },
  async *'events of the user'({ eventsProducer, queue }) {
    await queue.add('job', {});
    const producer = eventsProducer();
    yield await producer.publishEvent({ eventName: 'opened', text: 'x', number: 1.5, flag: true, jobId: '1' });
    yield await producer.publishEvent({ eventName: 'nothing', none: null, absent: undefined });
  },
  async *'waiting jobs are cleaned from the end that is served last'({ queue }) {
    await queue.addBulk(Array.from({ length: 6 }, (_, i) => ({ name: 'job', data: i })));
    yield await queue.clean(0, 2, 'wait');
    yield await queue.clean(0, 0, 'wait');
  },
  async *'what a job knows of itself'({ queue, work }) {
    const job = await queue.add('job', {});
    yield { delay: typeof job.delay, text: JSON.stringify(job) };
    await work(() => Promise.reject(new Error('boom')));
    const failed = await queue.getJob('1');
    await failed?.retry();
    yield [failed?.finishedOn, failed?.processedOn, failed?.failedReason, failed?.returnvalue].map(String);
  },
});
