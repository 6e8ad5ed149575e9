import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from '../clock.js';
import type { ClientOptions } from './producer.js';

export interface LiveNames {
  readonly stream: string;
  readonly topic: string;
}

const pauseMs = 20;
const retryMs = 50;

/** Publishes numbered chunks, each again until it is acknowledged, and numbered messages, each once whatever becomes of it. */
export async function produceLive(
  { name, client, journal, random, signal }: ClientOptions,
  { stream, topic }: LiveNames,
  isWanted: () => boolean,
): Promise<void> {
  const pulse = journal.pulseOf(name);
  for (let number = 1; isWanted(); number += 1) {
    const request = { chunks: [number], producer: 'lab', sequence: number };
    while ((await client.call(`/api/v1/streams/${stream}/chunks`, request)).status !== 202) {
      if (signal.aborted) return;
      await sleep(retryMs);
    }
    journal.live.chunks = number;
    await client.call(`/api/v1/topics/${topic}/messages`, { data: number });
    pulse.beat(nowMs());
    await sleep(random.between(0, pauseMs));
  }
}
