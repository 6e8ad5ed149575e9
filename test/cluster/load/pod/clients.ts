import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from './gateway.js';
import type { Journal } from './journal.js';

/** Claimed over HTTP by the load itself. */
const claimedQueue = 'claimed';
/** Pushed to the load by the release's own worker. */
const pushedQueue = 'pushed';

const mostJobs = 4;
const pauseMs = 80;
const retryMs = 50;
const claimWaitMs = 500;
const leaseMs = 10_000;

interface Client {
  readonly name: string;
  readonly gateway: Gateway;
  readonly journal: Journal;
}

/** Hands jobs in, a few at a time and to both queues in turn, and the same ones again until they are acknowledged. */
export async function produce({ name, gateway, journal }: Client, isWanted: () => boolean): Promise<void> {
  const run = Date.now().toString(36);
  for (let batch = 0; isWanted(); batch += 1) {
    const ids = Array.from({ length: 1 + (batch % mostJobs) }, (_, at) => `${name}/${run}/${batch}/${at}`);
    const path = `/api/v1/queues/${batch % 2 === 0 ? claimedQueue : pushedQueue}/jobs`;
    // What crashes with its worker has many tries left.
    const jobs = ids.map((id) => ({ id, data: { from: name }, maxAttempts: 100 }));
    while ((await gateway.post(path, { jobs })) === undefined) await sleep(retryMs);
    journal.write({ type: 'acknowledged', client: name, ids });
    await sleep(pauseMs);
  }
}

/** Claims and settles for as long as the pod lives. */
export async function consume({ name, gateway, journal }: Client): Promise<never> {
  const path = `/api/v1/queues/${claimedQueue}`;
  for (;;) {
    const claimed = await gateway.post(`${path}/claim`, { max: 20, waitMs: claimWaitMs, leaseMs, worker: name });
    if (claimed === undefined) {
      await sleep(retryMs);
      continue;
    }
    journal.write({ type: 'answered', client: name });
    const jobs = claimed.jobs ?? [];
    for (const { id, fence } of jobs) journal.write({ type: 'ran', id, fence });
    const done = jobs.map(({ id, fence }) => ({ id, fence }));
    // Without an answer the lease ends, and the jobs run again.
    if (done.length > 0) await gateway.post(`${path}/settle`, { done });
  }
}
