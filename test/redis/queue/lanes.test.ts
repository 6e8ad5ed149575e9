import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RedisQueues } from '../../../app/queue/queues.js';
import type { ClaimedJob, JobInput } from '../../../app/queue/types.js';
import { brokenInvariants, queueState } from '../support/queue-state.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = () => openQueues(`redis://${server.address}`);
const claim = { max: 20, leaseMs: 60_000, worker: 'w' };
const error = { message: 'no luck' };

beforeAll(async () => {
  server = await startRedis();
});

/** Jobs `a1`, `a2`, ... of the key `a`, and likewise for others, in the order given. */
const jobsOf = (...ids: string[]): JobInput[] => ids.map((id) => ({ id, data: id, key: id.charAt(0) }));

const idsOf = (jobs: readonly ClaimedJob[]) => jobs.map(({ id }) => id);

/** Claims all it gets and finishes it, again and again; the ids of each round. */
async function runOut(queues: RedisQueues, queue: string): Promise<readonly (readonly string[])[]> {
  const rounds: string[][] = [];
  let jobs = await queues.claim(queue, claim);
  while (jobs.length > 0) {
    rounds.push(idsOf(jobs));
    ({ jobs } = await queues.settle(queue, { done: jobs, claim }));
  }
  return rounds;
}

describe('jobs of one key', () => {
  test('run one at a time in the order they came, and other keys are not held up', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('order', jobsOf('a1', 'a2', 'b1', 'a3', 'b2'));
    await queues.enqueue('order', [{ id: 'free', data: 1 }]);
    expect(await runOut(queues, 'order')).toEqual([['a1', 'b1', 'free'], ['a2', 'b2'], ['a3']]);
    const ids = ['a1', 'a2', 'b1', 'a3', 'b2', 'free'].sort();
    const state = await queueState(connections, 'order');
    expect({ ...state, done: [...(state['done'] as string[])].sort() }).toEqual({ done: ids, mark: ['work'] });
  });

  test('take turns with other keys: a long lane starves nobody', async () => {
    const { queues } = await open();
    await queues.enqueue('turns', jobsOf('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'));
    const order: string[] = [];
    for (let jobs = await queues.claim('turns', { ...claim, max: 1 }); jobs.length > 0;) {
      order.push(...idsOf(jobs));
      ({ jobs } = await queues.settle('turns', { done: jobs, claim: { ...claim, max: 1 } }));
    }
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  });

  test('run k at a time where the queue says so, also when that is raised with jobs in line', async () => {
    const { queues } = await open();
    await queues.configure('wide', { keyConcurrency: 2 });
    await queues.enqueue('wide', jobsOf('a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9'));
    const first = await queues.claim('wide', claim);
    expect(idsOf(first)).toEqual(['a1', 'a2']);
    await queues.configure('wide', { keyConcurrency: 4 });
    const { jobs } = await queues.settle('wide', { done: first.slice(0, 1), claim });
    expect(idsOf(jobs)).toEqual(['a3', 'a4', 'a5']);
    await queues.configure('wide', {});
    expect((await queues.settle('wide', { done: jobs, claim })).jobs).toEqual([]);
    expect(idsOf((await queues.settle('wide', { done: first.slice(1), claim })).jobs)).toEqual(['a6']);
  });

  test('wait while one of them waits for its retry, runs again after a crash, or was handed back', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('retry', jobsOf('a1', 'a2'));
    const [a1] = (await queues.claim('retry', claim)) as [ClaimedJob];
    expect((await queues.settle('retry', { failed: [{ ...a1, error, retryAfterMs: 60_000 }], claim })).jobs).toEqual(
      [],
    );
    expect(await queueState(connections, 'retry')).toMatchObject({ delayed: ['a1'], slots: ['a/a1'], lanes: ['a/a2'] });

    await queues.enqueue('crash', jobsOf('a1', 'a2'));
    await queues.claim('crash', { ...claim, leaseMs: 10 });
    const again = await waitFor('the lease to expire', async () => (await queues.claim('crash', claim))[0]);
    expect(again.id).toBe('a1');
    expect(idsOf((await queues.settle('crash', { release: [again], claim })).jobs)).toEqual(['a1']);
  });

  test('go on when one of them dies, and it joins the end when it is replayed', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('dead', jobsOf('a1', 'a2', 'a3'));
    const [a1] = (await queues.claim('dead', claim)) as [ClaimedJob];
    const { jobs } = await queues.settle('dead', { failed: [{ ...a1, error, retry: false }], claim });
    expect(idsOf(jobs)).toEqual(['a2']);
    await queues.replay('dead', { all: true }, {});
    expect(await brokenInvariants(connections, 'dead')).toEqual([]);
    await queues.settle('dead', { done: jobs });
    expect(await runOut(queues, 'dead')).toEqual([['a3'], ['a1']]);
  });

  test('leave nothing behind when they die and are purged', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('purge', [{ id: 'a1', data: 1, key: 'a' }]);
    const [a1] = (await queues.claim('purge', claim)) as [ClaimedJob];
    await queues.settle('purge', { failed: [{ ...a1, error, retry: false }] });
    await queues.purge('purge', { all: true }, {});
    expect(await queueState(connections, 'purge')).toEqual({ mark: ['work'] });
  });

  test('run by priority first, also before one that has its place in line already', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('priority', jobsOf('a1', 'a2'));
    await queues.enqueue('priority', [
      { id: 'a3', data: 1, key: 'a', priority: 5 },
      { id: 'a4', data: 1, key: 'a', priority: 9 },
    ]);
    expect(await brokenInvariants(connections, 'priority')).toEqual([]);
    expect(await runOut(queues, 'priority')).toEqual([['a4'], ['a3'], ['a1'], ['a2']]);
  });

  test('come into their lane when they are due', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('due', [{ id: 'a1', data: 1, key: 'a', delayMs: 300 }, ...jobsOf('a2', 'a3')]);
    const jobs = await queues.claim('due', claim);
    expect(idsOf(jobs)).toEqual(['a2']);
    await waitFor('a1 is due', async () => {
      await queues.claim('due', claim);
      return !('delayed' in (await queueState(connections, 'due')));
    });
    await queues.settle('due', { done: jobs });
    expect(await runOut(queues, 'due')).toEqual([['a3'], ['a1']]);
  });

  test('are one job for each id, wherever it waits', async () => {
    const { queues } = await open();
    await queues.enqueue('twice', jobsOf('a1', 'a2'));
    const { jobs } = await queues.enqueue('twice', jobsOf('a1', 'a2'));
    expect(jobs.map(({ status }) => status)).toEqual(['duplicate', 'duplicate']);
  });

  test('free their slot once, also when they are settled twice', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('once', jobsOf('a1', 'a2', 'a3'));
    const done = await queues.claim('once', claim);
    expect(idsOf((await queues.settle('once', { done: [...done, ...done], claim })).jobs)).toEqual(['a2']);
    expect((await queues.settle('once', { done, claim })).jobs).toEqual([]);
    expect(await brokenInvariants(connections, 'once')).toEqual([]);
  });

  test('go on when the one that has the slot is cancelled, and when one in the lane is', async () => {
    const { queues } = await open();
    await queues.enqueue('cancel', jobsOf('a1', 'a2', 'a3'));
    await queues.cancel('cancel', 'a2');
    await queues.cancel('cancel', 'a1');
    expect(await runOut(queues, 'cancel')).toEqual([['a3']]);
  });

  test('may be of any number of keys, with names of any text', async () => {
    const { queues, connections } = await open();
    const keys = ['a', 'aa', 'a b', 'ä', '~', '!', '0', 'a0000000000000000'];
    await queues.enqueue(
      'names',
      [1, 2].flatMap((n) => keys.map((key) => ({ id: `${key}:${n}`, data: 1, key }))),
    );
    expect(await brokenInvariants(connections, 'names')).toEqual([]);
    const rounds = await runOut(queues, 'names');
    expect(rounds).toEqual([1, 2].map((n) => keys.map((key) => `${key}:${n}`)));
  });

  test.each([
    ['an empty key', ''],
    ['a key with a line break', 'a\nb'],
    ['a key that is too long', 'ü'.repeat(101)],
  ])('%s is refused', async (_, key) => {
    const { queues } = await open();
    await expect(queues.enqueue('bad', [{ data: 1, key }])).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('Expected jobs[0].key to be 1-200 bytes'),
    });
  });
});
