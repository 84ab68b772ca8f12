import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '../servers/free-port.cjs';
import { OwnedProcess } from '../servers/owned-process.cjs';
import { redisBinary } from './redis-binary.mjs';
import { redisProblem } from './redis-ping.mjs';
import { SetupError } from './terminal.mjs';

const DEFAULT_URL = 'redis://127.0.0.1:6379';
const START_ATTEMPTS = 3;
const START_DEADLINE_MS = 5000;
const POLL_INTERVAL_MS = 5;

/**
 * The Redis to use for a demo: REDIS_URL, else one on the default port, else a private one.
 *
 * @returns {Promise<{ url: string, origin: string, stop: () => Promise<void> }>} `stop` ends only what was started here
 */
export async function findOrStartRedis() {
  const named = process.env.REDIS_URL;
  if (named) {
    const problem = await redisProblem(named);
    if (problem)
      throw new SetupError(`the Redis named by REDIS_URL does not answer (${problem}): start it or unset REDIS_URL`);
    return { url: named, origin: 'REDIS_URL', stop: async () => {} };
  }
  if (!(await redisProblem(DEFAULT_URL))) {
    return { url: DEFAULT_URL, origin: 'running on the default port', stop: async () => {} };
  }
  return startPrivateRedis();
}

/**
 * Starts a Redis on a free loopback port, in a temporary folder, without persistence.
 *
 * @param {Record<string, string>} [options] more of its configuration
 */
export async function startPrivateRedis(options = {}) {
  const binary = await redisBinary();
  const folder = await mkdtemp(join(tmpdir(), 'synapse-redis-'));
  // Another process may take the free port between its choice and its use.
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    const server = await startOn({ ...options, port: await freePort(), dir: folder }, binary);
    if (!server) continue;
    const stop = async () => {
      await server.process.stop();
      await rm(folder, { recursive: true, force: true });
    };
    return { url: server.url, binary, origin: `a private ${basename(binary)}`, stop };
  }
  await rm(folder, { recursive: true, force: true });
  throw new SetupError(`${binary} does not start on this machine: try it by hand, or set REDIS_URL`);
}

async function startOn(options, binary) {
  const all = { bind: '127.0.0.1', save: '', appendonly: 'no', ...options };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = { url: `redis://127.0.0.1:${options.port}`, process: new OwnedProcess(binary, args) };
  if (await answers(server.url, server.process)) return server;
  await server.process.stop();
  return undefined;
}

async function answers(url, server) {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (server.isRunning && Date.now() < deadline) {
    if (!(await redisProblem(url))) return true;
    await sleep(POLL_INTERVAL_MS);
  }
  return false;
}
