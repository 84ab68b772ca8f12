import { Redis } from 'ioredis';

import { RedisServer } from './redis-server';
import { until } from './until';

/** Slots of a Redis Cluster. */
const SLOTS = 16_384;
const MASTERS = 3;

/** Three masters that share the slots, on loopback ports. */
export class RedisCluster {
  readonly masters: readonly RedisServer[];

  private constructor(masters: readonly RedisServer[]) {
    this.masters = masters;
  }

  /** Starts the masters, introduces them to each other and waits until all agree that the cluster is complete. */
  static async start(): Promise<RedisCluster> {
    const settings = { 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000' };
    const masters = await Promise.all(Array.from({ length: MASTERS }, () => RedisServer.start(settings)));
    const nodes = masters.map(({ port }) => new Redis(port));
    const share = Math.ceil(SLOTS / MASTERS);
    for (const [index, node] of nodes.entries()) {
      await node.cluster('ADDSLOTSRANGE', index * share, Math.min((index + 1) * share, SLOTS) - 1);
      await node.cluster('MEET', '127.0.0.1', masters[0]?.port ?? 0);
    }
    for (const node of nodes) {
      await until('the cluster', async () => {
        const info = await node.cluster('INFO');
        return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${MASTERS}`);
      });
      node.disconnect();
    }
    return new RedisCluster(masters);
  }

  /** How many masters hold a key. */
  async mastersWithKeys(): Promise<number> {
    const sizes = await Promise.all(
      this.masters.map(async ({ port }) => {
        const node = new Redis(port);
        const size = await node.dbsize();
        node.disconnect();
        return size;
      }),
    );
    return sizes.filter((size) => size > 0).length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.masters.map((master) => master.stop()));
  }
}
