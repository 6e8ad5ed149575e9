import { afterEach } from '@jest/globals';
import { Redis } from 'ioredis';

export interface WritersTarget {
  readonly primaryName: string;
  readonly sentinelPorts: readonly number[];
  readonly redisPassword: string;
  readonly sentinelPassword: string;
}

const running = new Set<Writers>();

// Also when a test has failed: without any server left, these clients would keep the process busy for ever.
afterEach(async () => {
  await Promise.all([...running].map((writers) => writers.stop()));
});

/** Clients that write without a pause and keep what Redis and as many replicas as asked have confirmed. */
export interface Writers {
  /** The keys, in the order of their confirmation. */
  readonly confirmed: readonly string[];
  /** The longest time between two confirmed writes until now. */
  longestStallMs(): number;
  stop(): Promise<void>;
}

export function startWriters(target: WritersTarget, count: number, replicas = 1): Writers {
  const confirmed: string[] = [];
  let lastAtMs = Date.now();
  let longestStallMs = 0;
  let stopping = false;

  const confirm = (key: string): void => {
    const nowMs = Date.now();
    longestStallMs = Math.max(longestStallMs, nowMs - lastAtMs);
    lastAtMs = nowMs;
    confirmed.push(key);
  };

  const write = async (writer: number): Promise<void> => {
    const redis = connect(target);
    for (let at = 0; !stopping; at += 1) {
      const key = `${writer}:${at}`;
      if (await isConfirmed(redis, key, replicas)) confirm(key);
    }
    redis.disconnect();
  };

  const writing = Promise.all(Array.from({ length: count }, (_, writer) => write(writer)));
  const writers: Writers = {
    confirmed,
    longestStallMs: () => longestStallMs,
    stop: async () => {
      stopping = true;
      await writing;
      running.delete(writers);
    },
  };
  running.add(writers);
  return writers;
}

function connect({ primaryName, sentinelPorts, redisPassword, sentinelPassword }: WritersTarget): Redis {
  const redis = new Redis({
    name: primaryName,
    sentinels: sentinelPorts.map((port) => ({ host: '127.0.0.1', port })),
    password: redisPassword,
    sentinelPassword,
    commandTimeout: 2000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 50,
    sentinelRetryStrategy: () => 50,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  // Errors are what the test provokes; a write that fails is not confirmed.
  redis.on('error', () => undefined);
  return redis;
}

/** One write and its WAIT in one pipeline, hence on one connection. */
async function isConfirmed(redis: Redis, key: string, replicas: number): Promise<boolean> {
  try {
    const [written, waited] = (await redis.pipeline().set(key, '1').call('WAIT', replicas, '1000').exec()) ?? [];
    return written?.[0] === null && waited?.[0] === null && Number(waited[1]) >= replicas;
  } catch {
    return false;
  }
}
