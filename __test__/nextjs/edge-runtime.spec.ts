import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { copyOfExample } from '../support/example-app';
import { temporaryFolder } from '../support/folder';

const BUILD_DEADLINE_MS = 180_000;
const ROUTE = `
  import { Queue } from '@synapse/queue';
  export const runtime = 'edge';
  export const GET = () => Response.json(new Queue('greetings').name);
`;

test(
  'a build with a route of the Edge runtime that imports the package fails with a sentence that says what to do',
  async () => {
    const { path, remove } = await temporaryFolder();
    const folder = copyOfExample(join(path, 'example'));
    // The example's own tests would miss what they test.
    for (const part of ['app', '__tests__']) await rm(join(folder, part), { recursive: true });
    await mkdir(join(folder, 'app', 'edge'), { recursive: true });
    await writeFile(join(folder, 'app', 'edge', 'route.ts'), ROUTE);
    const next = [join(folder, 'node_modules', 'next', 'dist', 'bin', 'next'), 'build'];
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
    const { status, stderr } = spawnSync(process.execPath, next, { cwd: folder, encoding: 'utf8', env });
    await remove();
    expect(status).not.toBe(0);
    expect(stderr).toContain('@synapse/queue runs on the server, in Node.js: import it in a route handler');
  },
  BUILD_DEADLINE_MS,
);
