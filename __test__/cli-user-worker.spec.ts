import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Queue } from '..';
import { temporaryFolder } from './support/folder';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';
import { CommandProcess } from './support/worker-process';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let prefix: string;
const running: CommandProcess[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  prefix = uniquePrefix();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.kill()));
  await folder.remove();
});

function baseEnv(): Record<string, string> {
  return { REDIS_URL: redisUrl(), QUEUE_PREFIX: prefix };
}

function run(args: string[], env: Record<string, string>): CommandProcess {
  const command = new CommandProcess(args, env);
  running.push(command);
  return command;
}

async function startWorker(env: Record<string, string>, file: string): Promise<CommandProcess> {
  const worker = run(['worker', file], { ...baseEnv(), ...env });
  await worker.line('🚀');
  return worker;
}

/** Writes a worker file of the user's own. */
async function userWorker(source: string): Promise<string> {
  const file = join(folder.path, 'worker.cjs');
  const header = `const { Worker } = require(${JSON.stringify(join(__dirname, '..', 'index.js'))});
    const options = { connection: { url: process.env.REDIS_URL }, prefix: process.env.QUEUE_PREFIX };\n`;
  await writeFile(file, header + source);
  return file;
}

/** Sends a signal; false once the process is gone. */
function isSignalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

describe('stopping a worker', () => {
  test('hands jobs back that do not end by the deadline, and says so by its exit code', async () => {
    const file = await userWorker(`new Worker('endless', () => new Promise(() => {}), options);`);
    const worker = await startWorker({ WORKER_SHUTDOWN_TIMEOUT_MS: '200' }, file);
    const queue = new Queue('endless', { connection: { url: redisUrl() }, prefix });
    const job = await queue.add('endless', {});
    await until('the job to run', () => job.isActive());
    expect(await worker.stop()).toBe(1);
    expect(worker.lines.at(-1)).toBe('🛑 Worker: stopped, 1 jobs went back to the queue');
    expect(await job.getState()).toBe('waiting');
    await job.refresh();
    expect(job.attemptsMade).toBe(0);
    await queue.close();
  });

  test('a second signal ends it at once', async () => {
    const file = await userWorker(
      `process.stdout.write('pid ' + process.pid + '\\n'); new Worker('endless', () => new Promise(() => {}), options);`,
    );
    const worker = await startWorker({}, file);
    const queue = new Queue('endless', { connection: { url: redisUrl() }, prefix });
    const job = await queue.add('endless', {});
    await until('the job to run', () => job.isActive());
    const pid = Number((await worker.line('pid ')).split(' ')[1]);
    process.kill(pid, 'SIGINT');
    await worker.line('🛑 Worker: SIGINT received, finishing 1 running jobs');
    await until('a later signal to count', () => !isSignalled(pid, 'SIGINT'));
    expect(await worker.exit()).toBe(130);
    await queue.close();
  });

  test('takes the two signals that npm makes of one Ctrl-C for one', async () => {
    const file = await userWorker(`
      let release;
      new Worker('own', () => new Promise((resolve) => { release = resolve; console.log('pid ' + process.pid); }), options);
      process.once('SIGINT', () => setTimeout(() => release('done'), 100));`);
    const worker = await startWorker({}, file);
    const queue = new Queue('own', { connection: { url: redisUrl() }, prefix });
    const job = await queue.add('own', {});
    const pid = Number((await worker.line('pid ')).split(' ')[1]);
    process.kill(pid, 'SIGINT');
    process.kill(pid, 'SIGINT');
    expect(await worker.exit()).toBe(0);
    expect(await job.isCompleted()).toBe(true);
    await queue.close();
  });
});

describe('synapse-queue worker <file>', () => {
  test('runs the file and drains the workers it opened', async () => {
    const file = await userWorker(`
      let release;
      new Worker('own', () => new Promise((resolve) => { release = resolve; console.log('begun'); }), options);
      process.once('SIGTERM', () => release('done'));`);
    const worker = await startWorker({}, file);
    const queue = new Queue('own', { connection: { url: redisUrl() }, prefix });
    const job = await queue.add('own', {});
    await worker.line('begun');
    expect(await worker.stop()).toBe(0);
    expect(await job.getState()).toBe('completed');
    await queue.close();
  });

  test.each([
    ['does not exist', 'missing.js'],
    ['cannot be run: Node', 'worker.xyz'],
  ])('a file that %s is refused in one line', async (reason, name) => {
    await writeFile(join(folder.path, 'worker.xyz'), '');
    const worker = run(['worker', join(folder.path, name)], baseEnv());
    expect(await worker.exit()).toBe(2);
    expect(worker.errors).toEqual([expect.stringContaining(reason)]);
  });

  test('a file that throws ends with its stack trace', async () => {
    const worker = run(['worker', await userWorker('throw new Error("broken file");')], baseEnv());
    expect(await worker.exit()).toBe(1);
    expect(worker.errors.join('\n')).toMatch(/broken file[^]*worker\.cjs/);
  });
});

test('synapse-queue vapid prints a new pair that the worker accepts', () => {
  const print = () => spawnSync(process.execPath, [join(__dirname, '..', 'dist', 'cli', 'index.js'), 'vapid']);
  const text = print().stdout.toString();
  expect(text).toMatch(/^VAPID_PUBLIC_KEY=[\w-]{87}\nVAPID_PRIVATE_KEY=[\w-]{43}\n$/);
  expect(print().stdout.toString()).not.toBe(text);
});
