import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { freePort } from '../../scripts/servers/free-port.cjs';
import { OwnedProcess } from '../../scripts/servers/owned-process.cjs';

const START_DEADLINE_MS = 30_000;
const POLL_INTERVAL_MS = 5;

/** Further settings of a server by name; several words as a list. */
export type RedisSettings = Readonly<Record<string, string | readonly string[]>>;

/** A Redis of one test's own, to be killed and restarted; it keeps every acknowledged write. */
export class RedisServer {
  readonly port: number;
  readonly url: string;
  /** Files of the server; removed with it. */
  readonly folder: string;
  readonly #settings: RedisSettings;
  #process: OwnedProcess | undefined;

  private constructor(port: number, folder: string, settings: RedisSettings) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.folder = folder;
    this.#settings = settings;
  }

  /** Starts a server on a free loopback port; its settings may name files in its folder, which holds `files` by name. */
  static async start(
    settings: RedisSettings | ((folder: string) => RedisSettings) = {},
    files: Readonly<Record<string, string>> = {},
  ): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'synapse-redis-'));
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    const server = new RedisServer(
      await freePort(),
      folder,
      typeof settings === 'function' ? settings(folder) : settings,
    );
    await server.restart();
    return server;
  }

  /** Kills the server with SIGKILL: clients see their connections break. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  /** Starts it again on the same port with the same data; kills it first if it runs. */
  async restart(): Promise<void> {
    await this.kill();
    const own = { port: `${this.port}`, bind: '127.0.0.1', dir: this.folder, save: '', appendonly: 'yes' };
    const settings: RedisSettings = { ...own, appendfsync: 'always', ...this.#settings };
    const args = Object.entries(settings).flatMap(([name, words]) => [`--${name}`, ...[words].flat()]);
    this.#process = new OwnedProcess(process.env['SYNAPSE_REDIS_SERVER'] ?? 'redis-server', args);
    const deadline = Date.now() + START_DEADLINE_MS;
    while (!(await this.#answers())) {
      if (!this.#process.isRunning || Date.now() > deadline) throw new Error(`no Redis came up on port ${this.port}`);
      await sleep(POLL_INTERVAL_MS);
    }
  }

  /** Stops the server in its tracks: connections stay open, nothing is answered. The answer lets it go on. */
  async freeze(): Promise<() => void> {
    const redis = new Redis(this.port);
    const pid = Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
    redis.disconnect();
    process.kill(pid, 'SIGSTOP');
    return () => process.kill(pid, 'SIGCONT');
  }

  /** Ends the server and removes its files. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write('PING\r\n'));
      socket.once('data', (reply) => {
        resolve(/^(\+PONG|-NOAUTH)/.test(reply.toString()));
        socket.destroy();
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
  }
}
