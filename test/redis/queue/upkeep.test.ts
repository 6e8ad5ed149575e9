import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RedisQueues } from '../../../app/queue/queues.js';
import type { ClaimedJob } from '../../../app/queue/types.js';
import { queueState } from '../support/queue-state.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 200, leaseMs: 60_000, worker: 'w' };
const crashing = { ...claim, leaseMs: 10, worker: 'doomed' };

beforeAll(async () => {
  server = await startRedis();
});

/** Claims with a lease so short that it expires, until a later claim takes the job back. */
async function claimAgain(queues: RedisQueues, queue: string, request = claim): Promise<ClaimedJob> {
  return waitFor('the lease to expire', async () => (await queues.claim(queue, request))[0], { pollMs: 5 });
}

describe('upkeep', () => {
  test('the job of a worker that is gone goes back to its old place, and the crash costs no attempt', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('crash', [{ id: 'a', data: 1 }]);
    const [lost] = await queues.claim('crash', crashing);
    await queues.enqueue('crash', [{ id: 'b', data: 1 }]);
    const again = await waitFor('the lease to expire', async () => {
      const [job] = await queues.claim('crash', { ...claim, max: 1 });
      if (job?.id === 'a') return job;
      if (job !== undefined) await queues.settle('crash', { release: [job] });
      return undefined;
    });
    expect(again).toMatchObject({ id: 'a', attempt: 1 });
    expect(await queueState(connections, 'crash')).toMatchObject({
      ready: ['b'],
      held: { a: 'w' },
      tries: { a: { attempts: 0, crashes: 1 } },
    });
    const done = [lost as ClaimedJob];
    expect(await queues.settle('crash', { done })).toMatchObject({ accepted: 0, rejected: [{ reason: 'stale' }] });
    expect(await queues.counts('crash')).toMatchObject({ leased: 1, totals: { crashed: 1, done: 0 } });
  });

  test('who finishes after the lease, but before anybody took the job back, has finished', async () => {
    const { queues } = await open();
    await queues.enqueue('late', [{ id: 'a', data: 1 }]);
    const done = await queues.claim('late', crashing);
    await waitFor('the deadline is past', () => Date.now() > (done[0]?.leaseUntil ?? 0) + 10);
    expect(await queues.settle('late', { done })).toMatchObject({ accepted: 1 });
    expect(await queues.job('late', 'a')).toMatchObject({ state: 'done' });
  });

  test('a job that takes down five workers is a dead letter', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('killer', [{ id: 'a', data: 1, maxAttempts: 1 }]);
    for (let crash = 1; crash <= 5; crash += 1) await claimAgain(queues, 'killer', crashing);
    await waitFor('the death', async () => {
      expect(await queues.claim('killer', claim)).toEqual([]);
      return (await queues.counts('killer')).dead === 1;
    });
    expect(await queueState(connections, 'killer')).toEqual({
      jobs: { a: '1' },
      tries: { a: { attempts: 0, crashes: 5 } },
      dead: ['a'],
      deadrec: { a: 'crashed' },
      mark: ['work'],
    });
    expect(await queues.dead('killer', { limit: 1, fingerprint: 'crashed' })).toMatchObject({
      jobs: [{ id: 'a', reason: 'crashed', crashes: 5 }],
    });
  });

  test('a turn takes back and promotes a hundred at most, and says that more is to do', async () => {
    const { queues, connections } = await open();
    await queues.pause('masses');
    await queues.enqueue(
      'masses',
      Array.from({ length: 250 }, (_, n) => ({ data: n, delayMs: 1 })),
    );
    await waitFor('all are due', async () => {
      const { delayed } = await queues.counts('masses');
      await queues.claim('masses', claim);
      return delayed === 0;
    });
    await queues.resume('masses');
    expect(await queues.claim('masses', { ...crashing, max: 250 })).toHaveLength(250);
    await queues.pause('masses');
    const leased = new Set<number>();
    await waitFor('all are back', async () => {
      await queues.claim('masses', claim);
      leased.add((await queues.counts('masses')).leased);
      return leased.has(0);
    });
    expect([...leased].filter((count) => count < 250)).toEqual([150, 50, 0]);
    expect(Object.keys((await queueState(connections, 'masses')).tries as object)).toHaveLength(250);
  });
});
