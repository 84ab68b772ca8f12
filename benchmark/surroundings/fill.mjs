const PER_PIPELINE = 2000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The score of a delayed job: its time in milliseconds, and 12 bits that keep jobs of one millisecond in order. */
const DELAYED_SCORE_FACTOR = 4096;

/**
 * Writes jobs as producers and workers leave them, without the time it takes to run them: a million in seconds.
 *
 * `counts` says how many jobs there are in each state. The data of a job is `{ i }`; those that wait come first and in order.
 */
export async function fillQueue(redis, queue, { wait = 0, ...rest }) {
  const base = `bull:${queue}:`;
  let last = 0;
  for (const [state, count] of Object.entries({ wait, ...rest })) {
    for (let first = last + 1; first <= last + count; first += PER_PIPELINE) {
      const pipeline = redis.pipeline();
      for (let id = first; id < Math.min(first + PER_PIPELINE, last + count + 1); id += 1) {
        pipeline.hset(`${base}${id}`, jobFields(state, id));
        if (state === 'wait') pipeline.lpush(`${base}wait`, id);
        else pipeline.zadd(`${base}${state}`, scoreOf(state, id), id);
      }
      await pipeline.exec();
    }
    last += count;
  }
  await redis.set(`${base}id`, last);
  if (wait > 0) await redis.zadd(`${base}marker`, 0, '0');
}

function scoreOf(state, id) {
  return state === 'delayed' ? (Date.now() + DAY_MS) * DELAYED_SCORE_FACTOR + id : Date.now() - DAY_MS;
}

function jobFields(state, id) {
  const longAgo = Date.now() - DAY_MS;
  const added = {
    name: 'job',
    data: `{"i":${id - 1}}`,
    opts: '{"attempts":0}',
    timestamp: longAgo,
    delay: 0,
    priority: 0,
  };
  if (state !== 'completed' && state !== 'failed') return added;
  const result = state === 'completed' ? { returnvalue: '{"ok":true}' } : { failedReason: 'boom' };
  return { ...added, processedOn: longAgo, ats: 1, atm: 1, finishedOn: longAgo, ...result };
}
