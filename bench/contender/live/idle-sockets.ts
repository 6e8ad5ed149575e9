import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from '../../types.js';
import { Gateway } from '../gateway.js';
import type { Place } from './measure.js';
import { metricOf, openSockets } from './sockets.js';
import type { IdleSocketsTask } from './task.js';

/** What connecting has cost is to be over. */
const settleMs = 5_000;

export async function idleSockets(
  { sockets: count, seconds }: IdleSocketsTask,
  { port, meter }: Place,
): Promise<Figures> {
  const gateway = await Gateway.start(port);
  const memory = () => metricOf(gateway.url, 'process_resident_memory_bytes');
  const cpuSeconds = () => metricOf(gateway.url, 'process_cpu_seconds_total');
  await sleep(settleMs);
  const [bytesBefore, clientsBefore] = [await memory(), await meter.infoNumber('clients', 'connected_clients')];
  const sockets = await openSockets(gateway.url, count, () => undefined);
  await sleep(settleMs);
  const [bytes, cpuBefore, fromMs] = [await memory(), await cpuSeconds(), performance.now()];
  const commands = await meter.commandsSentDuring(() => sleep(seconds * 1_000));
  const coreShare = ((await cpuSeconds()) - cpuBefore) / ((performance.now() - fromMs) / 1_000);
  const connections = (await meter.infoNumber('clients', 'connected_clients')) - clientsBefore;
  for (const socket of sockets) socket.terminate();
  await gateway.stop();
  return {
    kbPerSocket: (bytes - bytesBefore) / 1024 / count,
    corePercent: 100 * coreShare,
    commandsPerMinute: (commands * 60) / seconds,
    connections,
  };
}
