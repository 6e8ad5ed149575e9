import { setTimeout as sleep } from 'node:timers/promises';
import { nowMs } from '../clock.js';
import type { Client } from './client.js';
import type { Delivery, Verdict } from './journal.js';
import type { ClientOptions } from './producer.js';
import { queue, refusal, type Work } from './work.js';

const leaseMs = 5000;
const claimWaitMs = 1000;
const retryMs = 50;
/** A verdict without an answer is sent again for so long. Later the lease is over anyway. */
const settleMs = 20_000;
const contradictEvery = 0.3;
const contradictWithinMs = 4000;

/** Claims, works and settles over HTTP; now and then it contradicts what it has said before, which must not count. */
export async function workOverHttp(options: ClientOptions): Promise<void> {
  const { name, client, journal, random, signal } = options;
  const pulse = journal.pulseOf(name);
  const contradictions: Promise<void>[] = [];
  while (!signal.aborted) {
    const claim = { max: random.between(1, 8), waitMs: claimWaitMs, leaseMs, worker: name };
    const { body } = await client.call(`/api/v1/queues/${queue}/claim`, claim);
    if (body === undefined) await sleep(retryMs);
    else pulse.beat(nowMs());
    for (const { id, fence, data } of body?.jobs ?? []) {
      const delivery = journal.handedOut(id, fence);
      const { workMs, refuse } = data as Work;
      await sleep(workMs);
      await settle(client, delivery, refuse ? 'failed' : 'done');
      if (random.chance(contradictEvery)) {
        contradictions.push(contradict(client, delivery, random.between(0, contradictWithinMs)));
      }
    }
  }
  await Promise.all(contradictions);
}

/** The opposite of what was said, after a while: perhaps to a server that has not heard of it. */
async function contradict(client: Client, delivery: Delivery, afterMs: number): Promise<void> {
  await sleep(afterMs);
  const [said] = delivery.accepted;
  if (said !== undefined) await settle(client, delivery, said === 'done' ? 'failed' : 'done');
}

async function settle(client: Client, delivery: Delivery, verdict: Verdict): Promise<void> {
  const { id, fence } = delivery;
  const settlement =
    verdict === 'done'
      ? { done: [{ id, fence, result: { fence } }] }
      : { failed: [{ id, fence, error: { message: refusal }, retry: false }] };
  const until = performance.now() + settleMs;
  do {
    const { body } = await client.call(`/api/v1/queues/${queue}/settle`, settlement);
    if (body !== undefined) {
      if (body.rejected?.length === 0) delivery.accepted.add(verdict);
      return;
    }
    await sleep(retryMs);
  } while (performance.now() < until);
}
