import { freePorts } from './free-port.js';
import { startRedis, type RedisServer } from './redis-server.js';
import { waitFor } from './wait-for.js';

export interface ClusterOptions {
  /** Of the first primary, and one more of the next one, and so on. @default 0 */
  readonly replicas?: number;
  /** How long a silent node is waited for before it counts as lost. @default 2000 */
  readonly nodeTimeoutMs?: number;
}

/** Three primaries, which share the slots evenly, and perhaps replicas. */
export interface TestCluster {
  readonly primaries: readonly [RedisServer, RedisServer, RedisServer];
  readonly replicas: readonly RedisServer[];
  /** `redis+cluster://` of all nodes. */
  readonly uri: string;
  /** The primary that serves the slot of the key, as the first node that answers says. */
  ownerOf(key: string): Promise<RedisServer>;
  /** Moves the slot of the key, with all that is in it, to another primary; `between` is called while it is on its way. */
  moveSlot(key: string, to: RedisServer, between?: () => Promise<void>): Promise<void>;
}

const slotsOfThree = [
  [0, 5460],
  [5461, 10922],
  [10923, 16383],
] as const;

/** Starts the nodes and makes them one cluster. By hand: `redis-cli --cluster create` takes its time. */
export async function startCluster({ replicas = 0, nodeTimeoutMs = 2000 }: ClusterOptions = {}): Promise<TestCluster> {
  const ports = await freePorts(2 * (3 + replicas));
  const config = ['cluster-enabled yes', `cluster-node-timeout ${nodeTimeoutMs}`, 'cluster-replica-validity-factor 0'];
  const nodes = await Promise.all(
    Array.from({ length: 3 + replicas }, (_, at) =>
      startRedis({ port: ports[2 * at] ?? 0, config: [...config, `cluster-port ${ports[2 * at + 1] ?? 0}`] }),
    ),
  );
  const [first, second, third, ...others] = nodes;
  if (first === undefined || second === undefined || third === undefined) throw new Error('Expected three nodes');
  const primaries = [first, second, third] as const;
  for (const [at, primary] of primaries.entries()) {
    await primary.cli('CLUSTER', 'SET-CONFIG-EPOCH', String(at + 1));
    await primary.cli('CLUSTER', 'ADDSLOTSRANGE', ...(slotsOfThree[at] ?? []).map(String));
  }
  for (const [at, node] of nodes.slice(1).entries()) {
    await node.cli('CLUSTER', 'MEET', '127.0.0.1', String(ports[0]), String(ports[1]));
    if (at >= 2) await follow(node, primaries[(at - 2) % 3] ?? first);
  }
  const cluster = new Cluster(primaries, others);
  await waitFor('all nodes see the whole cluster', () => cluster.isWhole());
  return cluster;
}

/** Once the node has heard of the primary. */
async function follow(node: RedisServer, primary: RedisServer): Promise<void> {
  const id = await primary.cli('CLUSTER', 'MYID');
  await waitFor('the replica follows', async () => (await node.cli('CLUSTER', 'REPLICATE', id)) === 'OK');
}

class Cluster implements TestCluster {
  constructor(
    readonly primaries: readonly [RedisServer, RedisServer, RedisServer],
    readonly replicas: readonly RedisServer[],
  ) {}

  get uri(): string {
    return `redis+cluster://${this.nodes.map(({ address }) => address).join(',')}`;
  }

  async ownerOf(key: string): Promise<RedisServer> {
    const slot = Number(await this.ask('CLUSTER', 'KEYSLOT', key));
    const lines = (await this.ask('CLUSTER', 'NODES')).split('\n').map((line) => line.split(' '));
    const owner = lines.find(([, , flags = '', , , , , , ...ranges]) => {
      return flags.includes('master') && ranges.some((range) => isWithin(slot, range));
    });
    const found = this.nodes.find(({ port }) => owner?.[1]?.startsWith(`127.0.0.1:${port}@`) === true);
    if (found === undefined) throw new Error(`Expected a node that serves slot ${slot}`);
    return found;
  }

  async moveSlot(key: string, to: RedisServer, between?: () => Promise<void>): Promise<void> {
    const from = await this.ownerOf(key);
    const slot = await from.cli('CLUSTER', 'KEYSLOT', key);
    const [fromId, toId] = [await from.cli('CLUSTER', 'MYID'), await to.cli('CLUSTER', 'MYID')];
    await to.cli('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await from.cli('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    for (;;) {
      const keys = (await from.cli('CLUSTER', 'GETKEYSINSLOT', slot, '100')).split('\n').filter((one) => one !== '');
      if (keys.length === 0) break;
      await from.cli('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys);
      await between?.();
    }
    for (const node of [to, ...this.primaries.filter((primary) => primary !== to)]) {
      await node.cli('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
    }
  }

  async isWhole(): Promise<boolean> {
    const views = await Promise.all(
      this.nodes.map(async (node) => [await node.cli('CLUSTER', 'INFO'), await node.cli('CLUSTER', 'SLOTS')] as const),
    );
    const ports = this.nodes.map(({ port }) => String(port));
    return views.every(
      ([info, slots]) =>
        info.includes('cluster_state:ok') &&
        ports.every((port) => slots.split('\n').some((line) => line.trim() === port)),
    );
  }

  private get nodes(): readonly RedisServer[] {
    return [...this.primaries, ...this.replicas];
  }

  /** Any node that answers; a test may have killed some. */
  private ask(...command: readonly string[]): Promise<string> {
    return Promise.any(this.nodes.map((node) => node.cli(...command)));
  }
}

/** A range of CLUSTER NODES: `5461-10922` or `7`. */
function isWithin(slot: number, range: string): boolean {
  const [, from = '', to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
  return from !== '' && slot >= Number(from) && slot <= Number(to);
}
