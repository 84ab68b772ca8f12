import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EXAMPLE } from './example/prepare.mjs';
import { ensureBuild, ensurePackages, rustTarget } from './setup/build.mjs';
import { motoPython } from './setup/moto-python.mjs';
import { ensurePrerequisites } from './setup/prerequisites.mjs';
import { redisBinary } from './setup/redis-binary.mjs';
import { startPrivateRedis } from './setup/redis.mjs';
import { runAsProgram, say, succeeds } from './setup/terminal.mjs';
import { jestCounts, libtestCounts, nextestCounts, sumOf } from './setup/test-counts.mjs';

await runAsProgram(async () => {
  await ensurePrerequisites({ forTests: true });
  await ensurePackages();
  await ensureBuild();
  const env = {
    SYNAPSE_REDIS_SERVER: await redisBinary(),
    SYNAPSE_MOTO_PYTHON: await motoPython(),
    CARGO_BUILD_TARGET: rustTarget(),
  };
  const counts = sumOf([...(await rustTests(env)), ...(await nodeTests(env))]);
  if (counts.failed > 0) process.exitCode = 1;
  process.stdout.write(`tests: ${counts.passed} passed, ${counts.failed} failed\n`);
});

async function rustTests(env) {
  if (!succeeds('cargo', ['nextest', '--version'])) {
    say('Rust tests (cargo test)');
    // Tests that run at once in one process would share a connection, which lives in the runtime of one of them.
    const oneByOne = ['--', '--test-threads', '1'];
    return [counted(await tee('cargo', ['test', '--workspace', '--no-fail-fast', ...oneByOne], env), libtestCounts)];
  }
  say('Rust tests (cargo nextest, then the examples in doc comments)');
  const tests = await tee('cargo', ['nextest', 'run', '--workspace', '--no-fail-fast'], env);
  const examples = await tee('cargo', ['test', '--workspace', '--doc', '--no-fail-fast'], env);
  return [counted(tests, nextestCounts), counted(examples, libtestCounts)];
}

async function nodeTests(env) {
  say('Node tests (Jest)');
  const own = await jestTests([], { env });
  say('The Next.js example: built, used in a browser, and its own tests');
  const inBrowser = await jestTests(['--config', 'jest.example.config.mjs'], { env });
  const redis = await startPrivateRedis();
  const ofExample = await jestTests([], { env: { ...env, REDIS_URL: redis.url }, cwd: EXAMPLE });
  await redis.stop();
  return [own, inBrowser, ofExample];
}

async function jestTests(args, { env, cwd }) {
  const folder = await mkdtemp(join(tmpdir(), 'synapse-jest-'));
  const file = join(folder, 'report.json');
  const run = await tee('npx', ['jest', ...args, '--json', `--outputFile=${file}`], env, cwd);
  const report = await readFile(file, 'utf8').catch(() => undefined);
  await rm(folder, { recursive: true });
  return counted(run, () => (report ? jestCounts(JSON.parse(report)) : { passed: 0, failed: 1 }));
}

/** A runner that failed without a failed test (it did not compile, or crashed) counts as one failure. */
function counted({ code, output }, countsOf) {
  const counts = countsOf(output);
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Runs a command, shows what it prints and returns that as well. */
async function tee(program, args, env, cwd) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const [stream, target] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    stream.on('data', (chunk) => {
      chunks.push(chunk);
      target.write(chunk);
    });
  }
  const [code] = await once(child, 'close');
  return { code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') };
}
