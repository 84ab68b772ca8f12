import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { freePort } from '../../scripts/servers/free-port.cjs';
import { OwnedProcess } from '../../scripts/servers/owned-process.cjs';
import { RedisServer } from './redis-server';
import { until } from './until';

const SENTINELS = 3;
const QUORUM = 2;
const PASSWORD = 'watch';

/** A primary, its replica and three sentinels that fail over from one to the other. */
export class RedisSentinels {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** What to connect with. */
  readonly connection: { sentinels: { host: string; port: number }[]; name: string; sentinelPassword: string };
  readonly #processes: readonly OwnedProcess[];

  private constructor(servers: [RedisServer, RedisServer], ports: number[], processes: OwnedProcess[]) {
    [this.primary, this.replica] = servers;
    const sentinels = ports.map((port) => ({ host: '127.0.0.1', port }));
    this.connection = { sentinels, name: 'queue-primary', sentinelPassword: PASSWORD };
    this.#processes = processes;
  }

  /** Starts everything and waits until the sentinels know each other and the replica. */
  static async start(): Promise<RedisSentinels> {
    const primary = await RedisServer.start();
    const replica = await RedisServer.start({ replicaof: ['127.0.0.1', `${primary.port}`] });
    const ports: number[] = [];
    const processes: OwnedProcess[] = [];
    for (let i = 0; i < SENTINELS; i += 1) {
      const port = await freePort();
      ports.push(port);
      processes.push(await startSentinel(port, primary));
    }
    const watched = new RedisSentinels([primary, replica], ports, processes);
    await Promise.all(ports.map((port) => watched.#untilAgreed(port)));
    return watched;
  }

  /** Waits until the replica has everything, then kills the primary. */
  async failOver(): Promise<void> {
    const redis = new Redis(this.primary.port);
    await redis.wait(1, 5000);
    redis.disconnect();
    await this.primary.kill();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.kill()));
    await Promise.all([this.primary.stop(), this.replica.stop()]);
  }

  async #untilAgreed(port: number): Promise<void> {
    const sentinel = new Redis(port, { password: PASSWORD, retryStrategy: () => 50 });
    sentinel.on('error', () => undefined);
    await until('the sentinels', async () => (await sentinel.info('sentinel')).includes('slaves=1,sentinels=3'));
    sentinel.disconnect();
  }
}

async function startSentinel(port: number, primary: RedisServer): Promise<OwnedProcess> {
  const file = join(primary.folder, `sentinel-${port}.conf`);
  const lines = [
    ...[`port ${port}`, 'bind 127.0.0.1', `dir ${primary.folder}`, `requirepass ${PASSWORD}`],
    `sentinel sentinel-pass ${PASSWORD}`,
    `sentinel monitor queue-primary 127.0.0.1 ${primary.port} ${QUORUM}`,
    'sentinel down-after-milliseconds queue-primary 1000',
    'sentinel failover-timeout queue-primary 5000',
  ];
  await writeFile(file, lines.join('\n'));
  return new OwnedProcess(process.env['SYNAPSE_REDIS_SERVER'] ?? 'redis-server', [file, '--sentinel']);
}
