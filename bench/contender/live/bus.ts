import { setImmediate as nextTurn } from 'node:timers/promises';
import { quantile } from '../../results/statistics.js';
import type { Figures } from '../../types.js';
import { jobData } from '../contender.js';
import type { Meter } from '../meter.js';
import { byTheClock } from './by-the-clock.js';
import type { Messaging } from './messaging.js';
import type { BusLatencyTask, BusTask } from './task.js';

const maxBacklogMs = 30_000;

export async function busThroughput(
  { messages, warmUp, concurrency }: BusTask,
  messaging: Messaging,
  meter: Meter,
): Promise<Figures> {
  let handled = 0;
  await messaging.subscribe(() => {
    handled += 1;
  });
  const send = async (count: number): Promise<void> => {
    const until = handled + count;
    let left = count;
    const caller = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await messaging.publish(jobData(left));
      }
    };
    await Promise.all(Array.from({ length: concurrency }, caller));
    await reached(() => handled >= until);
  };
  await send(warmUp);
  const from = await meter.read();
  await send(messages);
  const to = await meter.read();
  await messaging.close();
  return {
    messagesPerSecond: (1_000 * messages) / (to.atMs - from.atMs),
    redisUsPerMessage: (to.redisUs - from.redisUs) / messages,
    clientUsPerMessage: (to.clientUs - from.clientUs) / messages,
  };
}

export async function busLatency({ perSecond, seconds }: BusLatencyTask, messaging: Messaging): Promise<Figures> {
  const latencies: number[] = [];
  await messaging.subscribe(({ dueMs }) => {
    latencies.push(performance.now() - dueMs);
  });
  const warmUp = perSecond;
  const sent = await byTheClock(perSecond, warmUp + perSecond * seconds, (at, dueMs) => {
    messaging.publish(jobData(at, dueMs)).catch(() => undefined);
  });
  await reached(() => latencies.length >= sent);
  await messaging.close();
  const counted = latencies.slice(warmUp);
  return {
    p50Ms: quantile(counted, 0.5),
    p99Ms: quantile(counted, 0.99),
    lost: sent - latencies.length,
  };
}

/** In the next turn of the event loop after it is so: a timer would be late. */
export async function reached(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + maxBacklogMs;
  while (!isSo() && performance.now() < deadline) await nextTurn();
}
