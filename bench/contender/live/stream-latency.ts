import { Streams } from '../../../app/streams/streams.js';
import { quantile } from '../../results/statistics.js';
import type { Figures } from '../../types.js';
import { Gateway } from '../gateway.js';
import { reached } from './bus.js';
import { byTheClock } from './by-the-clock.js';
import { openConnections } from './connections.js';
import type { Place } from './measure.js';
import { openSockets } from './sockets.js';
import type { StreamLatencyTask } from './task.js';

const stream = 'bench';

export async function streamLatency({ perSecond, seconds }: StreamLatencyTask, { port }: Place): Promise<Figures> {
  const gateway = await Gateway.start(port);
  const { connections, log } = await openConnections(port);
  const streams = new Streams(connections, { log });
  const latencies: number[] = [];
  let isSubscribed = false;
  const [socket] = await openSockets(gateway.url, 1, (_, text) => {
    const { data, subscribed } = JSON.parse(text) as { readonly data?: number; readonly subscribed?: object };
    if (data !== undefined) latencies.push(performance.now() - data);
    isSubscribed ||= subscribed !== undefined;
  });
  socket?.send(JSON.stringify({ id: 1, subscribe: { stream } }));
  await reached(() => isSubscribed);
  const warmUp = perSecond;
  const sent = await byTheClock(perSecond, warmUp + perSecond * seconds, (_, dueMs) => {
    streams.publish(stream, [dueMs]).catch(() => undefined);
  });
  await reached(() => latencies.length >= sent);
  socket?.terminate();
  await streams.close();
  await connections.close();
  await gateway.stop();
  const counted = latencies.slice(warmUp);
  return { p50Ms: quantile(counted, 0.5), p99Ms: quantile(counted, 0.99), lost: sent - latencies.length };
}
