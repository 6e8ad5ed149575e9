import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from '../clock.js';
import type { Random } from '../random.js';
import type { Client } from './client.js';
import type { Journal } from './journal.js';
import { queue, type Work } from './work.js';

const retryMs = 50;

export interface ClientOptions {
  readonly name: string;
  readonly client: Client;
  readonly journal: Journal;
  readonly random: Random;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** Hands jobs in, a few at a time, and hands the same ones in again until they are acknowledged. */
export async function produce(
  { name, client, journal, random, signal }: ClientOptions,
  isWanted: () => boolean,
): Promise<void> {
  const pulse = journal.pulseOf(name);
  for (let batch = 0; isWanted(); batch += 1) {
    const jobs = Array.from({ length: random.between(1, 6) }, (_, at) => ({
      id: `${random.seed}/${batch}/${at}`,
      data: work(random),
      priority: random.between(0, 9),
      // What is refused is refused at once; what crashes with its worker has many tries left.
      maxAttempts: 100,
    }));
    while ((await client.call(`/api/v1/queues/${queue}/jobs`, { jobs })).status !== 202) {
      if (signal.aborted) return;
      await sleep(retryMs);
    }
    for (const { id } of jobs) journal.acknowledged.add(id);
    pulse.beat(nowMs());
    await sleep(random.between(20, 60));
  }
}

const work = (random: Random): Work => ({ workMs: random.between(0, 15), refuse: random.chance(0.02) });
