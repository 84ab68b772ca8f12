import { join } from 'node:path';

import { freePort } from '../scripts/servers/free-port.cjs';
import { LineProcess } from './support/line-process';
import { RedisServer } from './support/redis-server';

const SCRIPT = join(__dirname, 'fixtures', 'leaving.cjs');

describe('a process that closes queue, worker and event reader', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());

  test.each([0, 1, 5, 20, 100, 400])('%d ms after it opened them, ends by itself without a complaint', async (ms) => {
    const leaving = new LineProcess([SCRIPT], { REDIS_PORT: `${server.port}`, CLOSE_AFTER_MS: `${ms}` });
    expect(await leaving.exit()).toBe(0);
    expect(leaving.lines).toEqual(['closed']);
  });

  test.each([0, 20, 400])('%d ms after it opened them, while nothing listens there', async (ms) => {
    const leaving = new LineProcess([SCRIPT], { REDIS_PORT: `${await freePort()}`, CLOSE_AFTER_MS: `${ms}` });
    expect(await leaving.exit()).toBe(0);
    expect(leaving.lines).toEqual(['closed']);
  });

  test('while Redis stands still', async () => {
    const frozen = await RedisServer.start();
    const goOn = await frozen.freeze();
    const leaving = new LineProcess([SCRIPT], { REDIS_PORT: `${frozen.port}`, CLOSE_AFTER_MS: '100' });
    const code = await leaving.exit();
    goOn();
    await frozen.stop();
    expect([code, leaving.lines]).toEqual([0, ['closed']]);
  });
});
