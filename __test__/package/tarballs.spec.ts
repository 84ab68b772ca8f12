import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { packTarballs } from '../../scripts/packing/tarballs.cjs';
import { temporaryFolder } from '../support/folder';
import { FreshProject } from '../support/fresh-project';
import { redisUrl, uniquePrefix } from '../support/redis';

const ROOT = join(__dirname, '..', '..');
const PACKING_DEADLINE_MS = 180_000;

const FIRST_JOB = `
  import { createRequire } from 'node:module';
  import { Queue, Worker } from '@synapse/queue';
  const options = { connection: { url: process.env.REDIS_URL }, prefix: process.env.PREFIX };
  const queue = new Queue('greetings', options);
  const worker = new Worker('greetings', async (job) => 'Hello ' + job.data.name, options);
  worker.on('completed', async (job, result) => {
    console.log(result, createRequire(import.meta.url)('@synapse/queue').Queue === Queue);
    await Promise.all([worker.close(), queue.close()]);
  });
  await queue.add('greet', { name: 'Ada' });
`;
const LOAD = `
  import { createRequire } from 'node:module';
  try {
    createRequire(import.meta.url)('@synapse/queue');
  } catch ({ code, message }) {
    console.log(JSON.stringify({ code, message }));
  }
`;

/** The packages as npm would send them, in an empty project on a machine without a compiler. */
describe('the packed packages', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let tarballs: { main: string; platform: string };
  let project: FreshProject;

  beforeAll(async () => {
    folder = await temporaryFolder();
    tarballs = packTarballs(folder.path);
  }, PACKING_DEADLINE_MS);
  afterAll(() => folder.remove());
  beforeEach(async () => {
    project = await FreshProject.create();
  });
  afterEach(() => project.remove());

  /** What loading the package fails with. */
  async function loadingError(): Promise<{ code: string; message: string }> {
    const { stdout, stderr } = await project.run(LOAD);
    expect(stderr).toBe('');
    return JSON.parse(stdout) as { code: string; message: string };
  }

  test(
    'install without a compiler and run a first job',
    async () => {
      expect(project.install(tarballs.main, tarballs.platform)).toMatchObject({ status: 0 });
      const ran = await project.run(FIRST_JOB, { REDIS_URL: redisUrl(), PREFIX: uniquePrefix() });
      expect(ran).toEqual({ status: 0, stdout: 'Hello Ada true\n', stderr: '' });
    },
    PACKING_DEADLINE_MS,
  );

  test(
    'without the platform package the error names it and says how to get it',
    async () => {
      expect(project.install(tarballs.main)).toMatchObject({ status: 0 });
      const { code, message } = await loadingError();
      expect(code).toBe('ADDON_NOT_LOADED');
      expect(message).toMatch(/needs the package @synapse\/queue-[\w-]+, which is not installed/);
      expect(message).toMatch(/npm install @synapse\/queue-[\w-]+@\d+\.\d+\.\d+$/);
    },
    PACKING_DEADLINE_MS,
  );

  test(
    'an addon that does not load is named with what the system says about it',
    async () => {
      project.install(tarballs.main, tarballs.platform);
      const platform = (await project.list('@synapse')).find((name) => name !== 'queue') ?? '';
      const [addon] = (await project.list(`@synapse/${platform}`)).filter((name) => name.endsWith('.node'));
      await project.place(`@synapse/${platform}/${addon ?? ''}`, 'not a library');
      const { code, message } = await loadingError();
      expect(code).toBe('ADDON_NOT_LOADED');
      expect(message).toMatch(/does not load on .*(file too short|invalid ELF header|not a mach-o file)/);
    },
    PACKING_DEADLINE_MS,
  );

  test(
    'a system without an addon is named beside those that have one',
    async () => {
      project.install(tarballs.main);
      await project.rewrite(
        '@synapse/queue/native.js',
        (text) => `const process = { ...globalThis.process, arch: 'mips' };\n${text}`,
      );
      const { message } = await loadingError();
      expect(message).toContain('@synapse/queue has no native addon for');
      for (const name of readdirSync(join(ROOT, 'npm'))) expect(message).toContain(name);
    },
    PACKING_DEADLINE_MS,
  );
});
