import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

import { startPrivateRedis } from '../scripts/setup/redis.mjs';
import { runAsProgram, say } from '../scripts/setup/terminal.mjs';
import { describeMachine } from './machine.mjs';

const require = createRequire(import.meta.url);
const { Queue } = require('..');
const Redis = require('ioredis');

const QUEUE = 'large';
const FILL_BATCH = 2000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Each operation with the state its jobs are in before. */
const OPERATIONS = [
  { title: 'clean completed', state: 'completed', run: (queue) => queue.clean(0, 0, 'completed') },
  { title: 'clean failed', state: 'failed', run: (queue) => queue.clean(0, 0, 'failed') },
  { title: 'clean waiting', state: 'wait', run: (queue) => queue.clean(0, 0, 'wait') },
  { title: 'drain', state: 'wait', run: (queue) => queue.drain() },
  { title: 'retryJobs', state: 'failed', run: (queue) => queue.retryJobs() },
  { title: 'promoteJobs', state: 'delayed', run: (queue) => queue.promoteJobs() },
  { title: 'obliterate', state: 'completed', run: (queue) => queue.obliterate({ force: true }) },
];

/**
 * `node benchmark/large-queue.mjs [jobs] [part of an operation's name]`: how long operations on a whole queue take, and how long
 * the longest script held Redis. A million jobs of small data unless another number is given.
 */
await runAsProgram(async () => {
  const jobs = Number(process.argv[2] ?? 1_000_000);
  const wanted = process.argv[3] ?? '';
  const server = await startPrivateRedis();
  const redis = new Redis(server.url);
  try {
    process.stdout.write(`${(await describeMachine()).join('\n')}\n\n${jobs} jobs\n`);
    process.stdout.write(
      '| operation | seconds | Redis CPU, µs per job | longest script, ms |\n|---|---:|---:|---:|\n',
    );
    for (const operation of OPERATIONS.filter(({ title }) => title.includes(wanted))) {
      say(`filling ${operation.state} for ${operation.title}`);
      await redis.flushall();
      await fill(redis, operation.state, jobs);
      process.stdout.write(`${await measure(redis, server.url, operation, jobs)}\n`);
    }
  } finally {
    redis.disconnect();
    await server.stop();
  }
});

/** Writes jobs as a worker would leave them, without the time it takes to run them. */
async function fill(redis, state, jobs) {
  const base = `bull:${QUEUE}:`;
  const longAgo = Date.now() - DAY_MS;
  for (let first = 1; first <= jobs; first += FILL_BATCH) {
    const pipeline = redis.pipeline();
    for (let id = first; id < Math.min(first + FILL_BATCH, jobs + 1); id += 1) {
      const fields = {
        name: 'job',
        data: `{"n":${id}}`,
        opts: '{"attempts":0}',
        timestamp: longAgo,
        delay: 0,
        priority: 0,
      };
      if (state === 'completed' || state === 'failed') {
        Object.assign(fields, { processedOn: longAgo, ats: 1, atm: 1, finishedOn: longAgo });
        Object.assign(fields, state === 'completed' ? { returnvalue: '{"ok":true}' } : { failedReason: 'boom' });
      }
      pipeline.hset(`${base}${id}`, fields);
      if (state === 'wait') pipeline.lpush(`${base}wait`, id);
      else pipeline.zadd(`${base}${state}`, state === 'delayed' ? (Date.now() + DAY_MS) * 4096 + id : longAgo, id);
    }
    await pipeline.exec();
  }
}

async function measure(redis, url, operation, jobs) {
  const queue = new Queue(QUEUE, { connection: { url } });
  await queue.waitUntilReady();
  await redis.config('SET', 'slowlog-log-slower-than', 500, 'slowlog-max-len', 100_000);
  await redis.call('SLOWLOG', 'RESET');
  const cpuBefore = await cpuSeconds(redis);
  const started = performance.now();
  await operation.run(queue);
  const seconds = (performance.now() - started) / 1000;
  const cpuPerJob = (((await cpuSeconds(redis)) - cpuBefore) / jobs) * 1e6;
  const slow = await redis.call('SLOWLOG', 'GET', -1);
  const longestMs = Math.max(0, ...slow.map(([, , micros]) => micros)) / 1000;
  await queue.close();
  return `| ${operation.title} | ${seconds.toFixed(1)} | ${cpuPerJob.toFixed(1)} | ${longestMs.toFixed(1)} |`;
}

async function cpuSeconds(redis) {
  const cpu = await redis.info('cpu');
  return ['used_cpu_user', 'used_cpu_sys'].reduce(
    (sum, name) => sum + Number(new RegExp(`${name}:([\\d.]+)`).exec(cpu)?.[1]),
    0,
  );
}
