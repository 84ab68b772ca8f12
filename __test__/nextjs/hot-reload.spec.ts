import { createHmac } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { ExampleApp, SESSION_SECRET } from '../support/example-app';
import { redisUrl } from '../support/redis';
import { until } from '../support/until';

const CHANGES = 50;
const DEADLINE_MS = 300_000;
/** Modules from the route down to the one that holds the connections. */
const MODULES = [
  'app/api/messages/route.ts',
  'lib/services/messages.ts',
  'lib/queue/job-progress.ts',
  'lib/queue/index.ts',
];

/** The example under `next dev`, while somebody works on it. */
describe('hot reload', () => {
  let app: ExampleApp;
  let redis: Redis;
  const sources = new Map<string, string>();

  beforeAll(async () => {
    app = await ExampleApp.start('dev');
    redis = new Redis(redisUrl());
    for (const file of MODULES) sources.set(file, await readFile(join(app.folder, file), 'utf8'));
  }, DEADLINE_MS);
  afterAll(async () => {
    redis.disconnect();
    await app.close();
  });

  const cookie = `session=ada.${createHmac('sha256', SESSION_SECRET).update('ada').digest('base64url')}`;

  /** Saves every module anew; what strangers are told names the change. */
  async function save(change: number): Promise<void> {
    for (const [file, source] of sources) {
      const path = join(app.folder, file);
      const text = source.replace("refuse(401, 'Sign in first.')", `refuse(401, 'Change ${change}')`);
      await rm(path);
      await writeFile(path, `${text}\n// ${change}\n`);
    }
  }

  /** Reads messages, which asks the queue, and a first event of one's uploads. */
  async function use(): Promise<void> {
    const messages = await fetch(`${app.url}/api/messages?room=garden`, { headers: { cookie } });
    expect(messages.status).toBe(200);
    const page = new AbortController();
    const events = await fetch(`${app.url}/api/files/progress`, { headers: { cookie }, signal: page.signal });
    await events.body?.getReader().read();
    page.abort();
  }

  async function connections(): Promise<number> {
    return ((await redis.client('LIST')) as string).trim().split('\n').length;
  }

  test(
    `after ${CHANGES} changes the newest code answers, over the connections of the first`,
    async () => {
      const message = { roomId: 'garden', content: 'hello' };
      await fetch(`${app.url}/api/messages`, { method: 'POST', headers: { cookie }, body: JSON.stringify(message) });
      await use();
      const before = await connections();
      for (let change = 1; change <= CHANGES; change += 1) {
        await save(change);
        const told = async () => (await (await fetch(`${app.url}/api/messages`)).text()).includes(`Change ${change}"`);
        await until(`change ${change}`, told, 30_000);
        await use();
      }
      expect(await connections()).toBe(before);
    },
    DEADLINE_MS,
  );
});
