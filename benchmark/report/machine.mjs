import { readdir, readFile } from 'node:fs/promises';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

import { redisBinary } from '../../scripts/setup/redis-binary.mjs';
import { outputOf } from '../../scripts/setup/terminal.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const GIB = 1024 ** 3;

/** What the numbers depend on, as lines for the report. */
export async function describeMachine() {
  const [{ model }] = cpus();
  const server = outputOf(await redisBinary(), ['--version']) ?? 'unknown';
  const packages = await Promise.all(
    ['bullmq', 'ioredis', 'bee-queue', 'sharp', 'web-push', '@synapse/queue'].map(
      async (name) => `${name} ${await versionOf(name)}`,
    ),
  );
  return [
    `${cpus().length} x ${model.trim()}, ${Math.round(totalmem() / GIB)} GiB, ${type()} ${release()}; load average before the run ${loadavg()[0].toFixed(1)}`,
    `Node ${process.versions.node}; ${server.split(' sha=')[0]} on TCP loopback, without persistence`,
    `${packages.join(', ')} (${await addonBuild()})`,
  ];
}

async function versionOf(name) {
  const folder = name === '@synapse/queue' ? ROOT : join(ROOT, 'node_modules', name);
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version;
}

/** Which cargo profile the addon in use came from: only the release profile strips the debugging sections (Linux). */
async function addonBuild() {
  const addon = (await readdir(ROOT)).find((name) => name.endsWith('.node'));
  if (!addon) return 'no addon built';
  return (await readFile(join(ROOT, addon))).includes('\0.debug_line\0') ? 'development build' : 'release build';
}
