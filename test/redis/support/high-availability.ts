import { createHash } from 'node:crypto';
import { freePorts } from './free-port.js';
import { quote, startRedis, type RedisServer } from './redis-server.js';
import { waitFor } from './wait-for.js';

export interface HighAvailabilityOptions {
  /** @default 'test' */
  readonly primaryName?: string;
  /** @default 4000 */
  readonly downAfterMs?: number;
  readonly password?: string;
  readonly sentinelPassword?: string;
  /** Further options of the data nodes as on the command line. */
  readonly args?: readonly string[];
  /** Where all others reach the first primary instead, e.g. a proxy; the argument is its own port. */
  readonly seenAt?: (port: number) => Promise<number>;
}

/** One primary, two replicas and three Sentinels that know each other. */
export interface HighAvailability {
  readonly primaryName: string;
  /** In the order of their start: the first began as primary. */
  readonly nodes: readonly RedisServer[];
  readonly sentinels: readonly RedisServer[];
  /** `redis+sentinel://` of all three Sentinels, without passwords. */
  readonly uri: string;
  /** The node that a majority of the Sentinels names now. */
  primary(): Promise<RedisServer>;
  stop(): Promise<void>;
}

/** Starts the six processes and waits until every Sentinel knows two replicas and two fellows: from then on a failover works. */
export async function startHighAvailability(options: HighAvailabilityOptions = {}): Promise<HighAvailability> {
  const { primaryName = 'test' } = options;
  const { nodes, primaryPort } = await startNodes(options);
  const sentinels = await startSentinels(nodes, { ...options, primaryName, primaryPort });
  return {
    primaryName,
    nodes,
    sentinels,
    uri: `redis+sentinel://${sentinels.map(({ address }) => address).join(',')}/${primaryName}`,
    primary: () => primaryOf(primaryName, nodes, sentinels),
    stop: async () => {
      await Promise.all([...sentinels, ...nodes].map((server) => server.stop()));
    },
  };
}

async function startNodes({
  args,
  password,
  seenAt,
}: HighAvailabilityOptions): Promise<{ nodes: RedisServer[]; primaryPort: number }> {
  const auth = password === undefined ? [] : [`masterauth ${quote(password)}`];
  const common = { ...(args === undefined ? {} : { args }), ...(password === undefined ? {} : { password }) };
  const primary = await startRedis({ ...common, config: auth });
  const primaryPort = (await seenAt?.(primary.port)) ?? primary.port;
  const replica = { ...common, config: [...auth, `replicaof 127.0.0.1 ${primaryPort}`] };
  const replicas = await Promise.all([startRedis(replica), startRedis(replica)]);
  await waitFor('both replicas follow the primary', async () => {
    const info = await primary.cli('INFO', 'replication');
    return (info.match(/state=online/g) ?? []).length === replicas.length;
  });
  return { nodes: [primary, ...replicas], primaryPort };
}

async function startSentinels(
  nodes: readonly RedisServer[],
  {
    primaryName,
    downAfterMs = 4000,
    password,
    sentinelPassword,
    primaryPort,
  }: HighAvailabilityOptions & { readonly primaryName: string; readonly primaryPort: number },
): Promise<RedisServer[]> {
  const [, ...replicas] = nodes;
  const ports = await freePorts(3);
  const monitor = [
    `sentinel monitor ${primaryName} 127.0.0.1 ${primaryPort} 2`,
    `sentinel down-after-milliseconds ${primaryName} ${downAfterMs}`,
    `sentinel failover-timeout ${primaryName} 10000`,
    ...(password === undefined ? [] : [`sentinel auth-pass ${primaryName} ${quote(password)}`]),
    ...(sentinelPassword === undefined ? [] : [`sentinel sentinel-pass ${quote(sentinelPassword)}`]),
    // Told, not discovered: the hellos of fresh Sentinels take seconds.
    ...replicas.map(({ port }) => `sentinel known-replica ${primaryName} 127.0.0.1 ${port}`),
  ];
  const sentinels = await Promise.all(
    ports.map((port) =>
      startRedis({
        sentinel: true,
        port,
        ...(sentinelPassword === undefined ? {} : { password: sentinelPassword }),
        config: [
          `sentinel myid ${sentinelId(port)}`,
          ...monitor,
          ...ports
            .filter((other) => other !== port)
            .map((other) => `sentinel known-sentinel ${primaryName} 127.0.0.1 ${other} ${sentinelId(other)}`),
        ],
      }),
    ),
  );
  await waitFor('every Sentinel sees two replicas and two fellows', () => agreed(primaryName, sentinels));
  return sentinels;
}

function sentinelId(port: number): string {
  return createHash('sha1').update(String(port)).digest('hex');
}

async function agreed(primaryName: string, sentinels: readonly RedisServer[]): Promise<boolean> {
  const states = await Promise.all(sentinels.map((sentinel) => sentinelMaster(sentinel, primaryName)));
  return states.every(
    (state) =>
      state.get('flags') === 'master' && state.get('num-slaves') === '2' && state.get('num-other-sentinels') === '2',
  );
}

/** SENTINEL MASTER as a map. */
async function sentinelMaster(sentinel: RedisServer, primaryName: string): Promise<Map<string, string>> {
  const lines = (await sentinel.cli('SENTINEL', 'MASTER', primaryName)).split('\n');
  return new Map(lines.flatMap((name, at) => (at % 2 === 0 ? [[name, lines[at + 1] ?? '']] : [])));
}

async function primaryOf(
  primaryName: string,
  nodes: readonly RedisServer[],
  sentinels: readonly RedisServer[],
): Promise<RedisServer> {
  return waitFor('a majority of the Sentinels names one node', async () => {
    const votes = await Promise.all(
      sentinels.map((sentinel) =>
        sentinel.cli('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primaryName).catch(() => 'no answer'),
      ),
    );
    return nodes.find(
      ({ port }) => votes.filter((vote) => vote === `127.0.0.1\n${port}`).length * 2 > sentinels.length,
    );
  });
}
