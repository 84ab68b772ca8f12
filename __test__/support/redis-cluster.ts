import { Redis } from 'ioredis';

import { RedisServer } from './redis-server';
import { until } from './until';

/** Slots of a Redis Cluster. */
const SLOTS = 16_384;
const MASTERS = 3;
/** Keys that move from one master to another in one step. */
const MIGRATION_STEP = 20;

/** Three masters that share the slots, on loopback ports. */
export class RedisCluster {
  readonly masters: readonly RedisServer[];
  readonly #replicas: RedisServer[] = [];

  private constructor(masters: readonly RedisServer[]) {
    this.masters = masters;
  }

  /** Starts the masters, introduces them to each other and waits until all agree that the cluster is complete. */
  static async start(): Promise<RedisCluster> {
    const masters = await Promise.all(Array.from({ length: MASTERS }, () => startNode()));
    const nodes = masters.map(({ port }) => new Redis(port));
    const share = Math.ceil(SLOTS / MASTERS);
    for (const [index, node] of nodes.entries()) {
      await node.cluster('ADDSLOTSRANGE', index * share, Math.min((index + 1) * share, SLOTS) - 1);
      // Nodes that start with the same epoch settle who has which before anybody can fail over.
      await node.cluster('SET-CONFIG-EPOCH', index + 1);
    }
    for (const node of nodes) await node.cluster('MEET', '127.0.0.1', masters[0]?.port ?? 0);
    for (const node of nodes) {
      await until('the cluster', async () => {
        const info = await node.cluster('INFO');
        return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${MASTERS}`);
      });
      node.disconnect();
    }
    return new RedisCluster(masters);
  }

  /** The nodes to connect through. */
  get nodes(): { host: string; port: number }[] {
    return this.masters.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  /** The master that serves a key. */
  async masterOf(key: string): Promise<RedisServer> {
    const [first] = this.masters;
    const node = new Redis(first?.port ?? 0);
    const slot = await node.cluster('KEYSLOT', key);
    node.disconnect();
    const master = this.masters[Math.floor(slot / Math.ceil(SLOTS / MASTERS))];
    if (master === undefined) throw new Error(`no master has the slot ${slot}`);
    return master;
  }

  /** Gives a master a replica and waits until that has everything and all masters know it. */
  async addReplica(master: RedisServer): Promise<RedisServer> {
    const replica = await startNode();
    this.#replicas.push(replica);
    const node = new Redis(replica.port);
    const id = await idOf(master);
    await node.cluster('MEET', '127.0.0.1', master.port);
    await until('the replica to meet its master', async () => String(await node.cluster('NODES')).includes(id));
    await until('the replica to follow its master', async () => node.cluster('REPLICATE', id).catch(() => false));
    await until('the replica', async () => (await node.info('replication')).includes('master_link_status:up'));
    node.disconnect();
    const replicaId = await idOf(replica);
    for (const { port } of this.masters) {
      const other = new Redis(port);
      await until('a master to know the replica', async () => {
        const line = String(await other.cluster('NODES'))
          .split('\n')
          .find((text) => text.startsWith(replicaId));
        return line?.includes(` slave ${id} `);
      });
      other.disconnect();
    }
    return replica;
  }

  /** Waits until a replica has become a master. */
  async untilPromoted(replica: RedisServer): Promise<void> {
    const node = new Redis(replica.port);
    await until('the promotion', async () => (await node.info('replication')).includes('role:master'), 30_000);
    node.disconnect();
  }

  /** Moves the slot of a key, with all it holds, to another master, while everything goes on. */
  async moveSlot(key: string, from: RedisServer, to: RedisServer): Promise<void> {
    const [source, target] = [new Redis(from.port), new Redis(to.port)];
    const [sourceId, targetId] = [await idOf(from), await idOf(to)];
    const slot = await source.cluster('KEYSLOT', key);
    await target.cluster('SETSLOT', slot, 'IMPORTING', sourceId);
    await source.cluster('SETSLOT', slot, 'MIGRATING', targetId);
    for (;;) {
      const keys = await source.cluster('GETKEYSINSLOT', slot, MIGRATION_STEP);
      if (keys.length === 0) break;
      await source.migrate('127.0.0.1', to.port, '', 0, 5000, 'KEYS', ...keys);
    }
    for (const node of [target, source]) await node.cluster('SETSLOT', slot, 'NODE', targetId);
    source.disconnect();
    target.disconnect();
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
    await Promise.all([...this.masters, ...this.#replicas].map((node) => node.stop()));
  }
}

function startNode(): Promise<RedisServer> {
  return RedisServer.start({ 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000' });
}

async function idOf({ port }: RedisServer): Promise<string> {
  const node = new Redis(port);
  const id = await node.cluster('MYID');
  node.disconnect();
  return id;
}
