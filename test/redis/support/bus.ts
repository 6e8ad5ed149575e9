import { afterEach } from '@jest/globals';
import { Bus, type BusOptions } from '../../../app/bus/bus.js';
import { createLog } from '../../../app/log.js';
import { createMetrics, type Registry } from '../../../app/metrics.js';
import type { RedisConnections } from '../../../app/redis/index.js';
import { connectReady } from './connect.js';

const opened = new Set<Bus>();

afterEach(async () => {
  await Promise.all([...opened].map((bus) => bus.close()));
  opened.clear();
});

export interface TestBus {
  readonly bus: Bus;
  readonly connections: RedisConnections;
  readonly metrics: Registry;
}

/** A bus with connections of its own, as a process of its own would have it. */
export async function openBus(uri: string, serverId: string, options: Partial<BusOptions> = {}): Promise<TestBus> {
  const connections = await connectReady(uri);
  const metrics = createMetrics();
  const about = { kind: 'gateway', pod: `pod of ${serverId}`, version: '0', startedAt: 1 };
  const bus = new Bus(connections, { serverId, about, log: createLog({ level: 'silent' }), metrics, ...options });
  opened.add(bus);
  return { bus, connections, metrics };
}

/** Of a counter, or of how often a histogram was told something. */
export async function valueOf(metrics: Registry, series: string): Promise<number> {
  const line = (await metrics.metrics()).split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
}
