import { Redis } from 'ioredis';
import { reachableAt, type HostPort, type RedisConfig } from '../../config/index.js';
import { beforeDeadline, type Deadline } from '../../resilience/deadline.js';
import { commonOptions, readCredentials, tlsOptions } from '../client-options.js';
import { formatAddress } from '../connection.js';
import { readSlots, SlotMap } from './slot-map.js';

/** What one node knows of its cluster. */
export interface ClusterView {
  /** Each failover and each slot that moved makes a higher one. */
  readonly epoch: number;
  /** Whether the node believes that the cluster works: one that is cut off does not. */
  readonly isOk: boolean;
  readonly map: SlotMap;
}

/** Asks one node, on a connection of its own; rejects with an error whose message says why that did not work. */
export async function askNode(node: HostPort, redis: RedisConfig, deadline: Deadline): Promise<ClusterView> {
  const client = new Redis({
    ...commonOptions,
    ...(await readCredentials(redis)),
    ...(await tlsOptions(redis.tls)),
    ...reachableAt(node, redis.addressMap),
    protocol: 2,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  });
  let failure: Error | undefined;
  client.on('error', (error: Error) => {
    failure ??= error;
  });
  try {
    const giveUp = () => new Error('it does not answer');
    await beforeDeadline(client.connect(), deadline, giveUp);
    const answers = Promise.all([client.call('CLUSTER', 'INFO'), client.call('CLUSTER', 'SLOTS')]);
    const [info, slots] = await beforeDeadline(answers, deadline, giveUp);
    return readView(String(info), slots, node);
  } catch (error) {
    throw new Error(`${formatAddress(node)}: ${(failure ?? (error as Error)).message}`);
  } finally {
    client.disconnect();
  }
}

function readView(info: string, slots: unknown, asked: HostPort): ClusterView {
  return {
    epoch: Number(/cluster_current_epoch:(\d+)/.exec(info)?.[1] ?? 0),
    isOk: info.includes('cluster_state:ok'),
    map: new SlotMap(readSlots(slots, asked)),
  };
}

/** The newest one, of nodes that see the cluster work where there are such. */
export function newestView(views: readonly ClusterView[]): ClusterView | undefined {
  const [newest] = [...views].sort((one, other) => Number(other.isOk) - Number(one.isOk) || other.epoch - one.epoch);
  return newest;
}
