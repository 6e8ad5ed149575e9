import { Redis } from 'ioredis';
import { loopback } from './plan/addresses.js';

const askTimeoutMs = 2000;

/** Asks one Redis or Sentinel of this machine; rejects when it does not answer in time. */
async function ask(port: number, password: string, command: string, ...args: string[]): Promise<unknown> {
  const redis = new Redis({
    host: loopback,
    port,
    password,
    lazyConnect: true,
    connectTimeout: askTimeoutMs,
    commandTimeout: askTimeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The rejected call tells what happened.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}

export type RedisRole = 'primary' | 'replica' | 'replica without its primary' | 'does not answer';

export async function askRole(port: number, password: string): Promise<RedisRole> {
  try {
    const [role, , , link] = (await ask(port, password, 'ROLE')) as [string, unknown, unknown, string];
    if (role === 'master') return 'primary';
    return link === 'connected' ? 'replica' : 'replica without its primary';
  } catch {
    return 'does not answer';
  }
}

/** What a Sentinel knows. */
export interface SentinelView {
  readonly primaryPort: number;
  readonly replicas: number;
  readonly otherSentinels: number;
  /** False while it sees the primary as down or a failover runs. */
  readonly calm: boolean;
}

/** Undefined while the Sentinel does not answer or names no primary. */
export async function askSentinel(port: number, password: string): Promise<SentinelView | undefined> {
  try {
    const [primary] = (await ask(port, password, 'SENTINEL', 'MASTERS')) as [string[]?];
    if (primary === undefined) return undefined;
    const fields = new Map(pairs(primary));
    return {
      primaryPort: Number(fields.get('port')),
      replicas: Number(fields.get('num-slaves')),
      otherSentinels: Number(fields.get('num-other-sentinels')),
      calm: fields.get('flags') === 'master',
    };
  } catch {
    return undefined;
  }
}

function pairs(list: readonly string[]): [string, string][] {
  return list.flatMap((key, index) => (index % 2 === 0 ? [[key, list[index + 1] ?? ''] as [string, string]] : []));
}
