import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from '../contender.js';
import type { Meter } from '../meter.js';
import type { IdleTask } from '../task.js';
import type { Figures } from '../../types.js';

const settleMs = 3_000;

export async function idle({ queues, seconds }: IdleTask, contender: Contender, meter: Meter): Promise<Figures> {
  const names = Array.from({ length: queues }, (_, at) => `idle-${at}`);
  await contender.work(names, 10, () => undefined);
  await sleep(settleMs);
  const clients = await meter.infoNumber('clients', 'connected_clients');
  const sent = await meter.commandsSentDuring(() => sleep(seconds * 1000));
  return { commandsPerMinute: (sent * 60) / seconds, connections: clients - meter.connections };
}
