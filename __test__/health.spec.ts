import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Queue, serveHealth, type Worker } from '..';
import { temporaryFolder } from './support/folder';
import { redisUrl, uniquePrefix } from './support/redis';
import { until } from './support/until';
import { CommandProcess } from './support/worker-process';
import { Workshop } from './support/workshop';

const BLOCKED_MS = 1500;

/** A worker process with its endpoints. */
interface Served {
  worker: CommandProcess;
  url: string;
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const running: CommandProcess[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.kill()));
  await folder.remove();
});

function start(env: Record<string, string>, ...args: string[]): CommandProcess {
  const command = new CommandProcess(['worker', ...args], {
    REDIS_URL: redisUrl(),
    QUEUE_PREFIX: uniquePrefix(),
    DATABASE_URL: `sqlite:${join(folder.path, 'rows.db')}`,
    STORAGE_URL: `file:${folder.path}`,
    ...env,
  });
  running.push(command);
  return command;
}

async function served(env: Record<string, string>, ...args: string[]): Promise<Served> {
  const worker = start({ HEALTH_PORT: '0', ...env }, ...args);
  const line = await worker.line('Worker: health on http://');
  return { worker, url: /http:\/\/[^/]+/.exec(line)?.[0] ?? '' };
}

async function metric(url: string, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((row) => row.startsWith(`${name}{`));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}

describe('a worker process with HEALTH_PORT', () => {
  test('is ready once its workers have reached Redis, and is not while it drains', async () => {
    const file = join(__dirname, 'fixtures', 'patient-worker.cjs');
    const prefix = uniquePrefix();
    const queue = new Queue('patient', { connection: { url: redisUrl() }, prefix });
    const { worker, url } = await served({ QUEUE_PREFIX: prefix }, file);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await until('the process to be ready', async () => (await fetch(`${url}/readyz`)).ok);

    await queue.add('wait', {});
    await worker.line('begun');
    const stopped = worker.stop();
    await until('the process not to be ready', async () => !(await fetch(`${url}/readyz`)).ok);
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({
      status: 'not ready',
      reasons: ['patient: the worker is closing'],
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await queue.cancel('1');
    expect(await stopped).toBe(0);
    await queue.obliterate({ force: true });
    await queue.close();
  });

  test('prints where it listens beside its other settings', async () => {
    const { worker } = await served({ WORKER_QUEUES: 'file-processing', HEALTH_HOST: 'localhost' });
    await worker.line('🚀');
    expect(worker.lines).toEqual(expect.arrayContaining(['HEALTH_PORT=0', 'HEALTH_HOST=localhost']));
    expect(await worker.stop()).toBe(0);
  });

  test.each([
    ['HEALTH_PORT must be a whole number from 0 to 65535, got `http`', { HEALTH_PORT: 'http' }],
    ['HEALTH_PORT must be a whole number from 0 to 65535, got `70000`', { HEALTH_PORT: '70000' }],
    ['HEALTH_HOST: host must be an IP address or localhost, got `example.com`', { HEALTH_HOST: 'example.com' }],
  ])('refuses to start: %s', async (message, env) => {
    const worker = start({ WORKER_QUEUES: 'file-processing', HEALTH_PORT: '0', ...env });
    expect(await worker.exit()).toBe(2);
    expect(worker.errors).toEqual([`synapse-queue: ${message}`]);
  });

  test('refuses to start on a port that is taken', async () => {
    const { url } = await served({ WORKER_QUEUES: 'file-processing' });
    const worker = start({ WORKER_QUEUES: 'file-processing', HEALTH_PORT: new URL(url).port });
    expect(await worker.exit()).toBe(2);
    expect(worker.errors).toEqual([expect.stringContaining('synapse-queue: HEALTH_PORT: cannot listen on 127.0.0.1:')]);
  });
});

describe('endpoints', () => {
  test('answer while JavaScript is blocked, and show for how long', async () => {
    const prefix = uniquePrefix();
    const queue = new Queue('blocking', { connection: { url: redisUrl() }, prefix });
    const { worker, url } = await served({ QUEUE_PREFIX: prefix }, join(__dirname, 'fixtures', 'computing-worker.cjs'));
    const released = join(folder.path, 'released');
    await queue.add('block', { ms: BLOCKED_MS, until: released });
    await worker.line('blocking');
    // The process prints nothing while it is blocked, so what is answered before the next line came meanwhile.
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      expect((await fetch(url + path)).status).toBe(200);
    }
    expect(await metric(url, 'synapse_queue_running_jobs')).toBe(1);
    expect(worker.lines).not.toContain('released');
    await writeFile(released, '');
    await worker.line('released');
    await until('the job to be counted', async () => (await metric(url, 'synapse_queue_jobs_completed_total')) === 1);
    expect(await metric(url, 'synapse_queue_event_loop_lag_seconds')).toBeGreaterThanOrEqual(BLOCKED_MS / 1000);
    expect(await metric(url, 'synapse_queue_job_run_seconds_sum')).toBeGreaterThanOrEqual(BLOCKED_MS / 1000);
    await queue.obliterate({ force: true });
    await queue.close();
  });

  test('serve the workers of any process, by serveHealth()', async () => {
    const workshop = new Workshop();
    const health = await serveHealth({ port: 0 });
    const url = `http://${health.host}:${health.port}`;
    const worker: Worker = workshop.work(() => Promise.resolve('done'));
    await workshop.run(worker);
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    const labels = `prefix="${workshop.queue.opts.prefix ?? ''}",queue="${workshop.queue.name}"`;
    expect(await metrics.text()).toContain(`synapse_queue_jobs_completed_total{${labels}} 1`);
    expect(await (await fetch(`${url}/healthz`)).json()).toMatchObject({ status: 'ok' });
    await health.close();
    await health.close();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
    await workshop.close();
  });

  test.each([
    ['INVALID_HEALTH_PORT', { port: 1.5 }],
    ['INVALID_HEALTH_HOST', { port: 0, host: 'example.com' }],
  ])('are refused with %s', async (code, options) => {
    await expect(serveHealth(options)).rejects.toMatchObject({ code });
  });
});
