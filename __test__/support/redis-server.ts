import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '../../scripts/servers/free-port.cjs';
import { OwnedProcess } from '../../scripts/servers/owned-process.cjs';

const START_DEADLINE_MS = 5000;
const POLL_INTERVAL_MS = 5;

/** A Redis of one test's own, to be killed and restarted; it keeps every acknowledged write. */
export class RedisServer {
  readonly port: number;
  readonly url: string;
  readonly #folder: string;
  #process: OwnedProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#folder = folder;
  }

  /** Starts a server on a free loopback port. */
  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'synapse-redis-')));
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
    const options = { port: this.port, bind: '127.0.0.1', dir: this.#folder, save: '', appendonly: 'yes' };
    const args = Object.entries({ ...options, appendfsync: 'always' }).flatMap(([key, value]) => [
      `--${key}`,
      `${value}`,
    ]);
    this.#process = new OwnedProcess(process.env['SYNAPSE_REDIS_SERVER'] ?? 'redis-server', args);
    const deadline = Date.now() + START_DEADLINE_MS;
    while (!(await this.#answers())) {
      if (!this.#process.isRunning || Date.now() > deadline) throw new Error(`no Redis came up on port ${this.port}`);
      await sleep(POLL_INTERVAL_MS);
    }
  }

  /** Ends the server and removes its files. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write('PING\r\n'));
      socket.once('data', (reply) => {
        resolve(reply.toString().startsWith('+PONG'));
        socket.destroy();
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
  }
}
