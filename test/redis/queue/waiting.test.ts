import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueKey } from '../../../app/queue/keys.js';
import { queueState } from '../support/queue-state.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = (options = {}) => openQueues(`redis://${server.address}`, options);
const claim = { max: 10, leaseMs: 60_000, worker: 'w', waitMs: 50_000 };

beforeAll(async () => {
  server = await startRedis();
});

const blockedClients = async () => Number(/blocked_clients:(\d+)/.exec(await server.cli('INFO', 'clients'))?.[1]);

/** Until so many processes block at the doorbell. */
const listening = (count = 1) =>
  waitFor('somebody listens to the doorbell', async () => (await blockedClients()) >= count);

describe('a waiting claim', () => {
  test('gets a job that another process enqueues', async () => {
    const [here, there] = [await open(), await open()];
    const waiting = here.queues.claim('other', claim);
    await listening();
    await there.queues.enqueue('other', [{ id: 'a', data: 1 }]);
    expect(await waiting).toMatchObject([{ id: 'a' }]);
  });

  test('gets a job of a queue that nobody listened to before', async () => {
    const [here, there] = [await open(), await open()];
    const first = here.queues.claim('first', claim);
    await listening();
    const second = here.queues.claim('second', claim);
    await there.queues.enqueue('second', [{ id: 'b', data: 1 }]);
    expect(await second).toMatchObject([{ id: 'b' }]);
    await there.queues.enqueue('first', [{ id: 'a', data: 1 }]);
    expect(await first).toMatchObject([{ id: 'a' }]);
  });

  test('gets a delayed job when it is due', async () => {
    const { queues } = await open();
    const waiting = queues.claim('delayed', claim);
    await listening();
    await queues.enqueue('delayed', [{ id: 'a', data: 1, delayMs: 300 }]);
    expect(await waiting).toMatchObject([{ id: 'a' }]);
  });

  test('gets the job of a crashed worker when its lease is over, and a job that was handed back', async () => {
    const [here, there] = [await open(), await open()];
    await there.queues.enqueue('lease', [{ id: 'a', data: 1 }]);
    await there.queues.claim('lease', { ...claim, leaseMs: 500 });
    const [job] = await here.queues.claim('lease', claim);
    expect(job).toMatchObject({ id: 'a' });
    const waiting = there.queues.claim('lease', claim);
    await listening();
    await here.queues.settle('lease', { release: job === undefined ? [] : [job] });
    expect(await waiting).toMatchObject([{ id: 'a' }]);
  });

  test('gets nothing of a paused queue, and all of it when it is resumed', async () => {
    const { queues } = await open();
    await queues.pause('paused');
    await queues.enqueue('paused', [{ id: 'a', data: 1 }]);
    expect(await queues.claim('paused', { ...claim, waitMs: 50 })).toEqual([]);
    const waiting = queues.claim('paused', claim);
    await listening();
    await queues.resume('paused');
    expect(await waiting).toMatchObject([{ id: 'a' }]);
  });

  test('ends empty when its time is over', async () => {
    const { queues } = await open();
    expect(await queues.claim('empty', { ...claim, waitMs: 30 })).toEqual([]);
  });

  test('that goes with a settlement waits, too', async () => {
    const [here, there] = [await open(), await open()];
    await here.queues.enqueue('both', [{ id: 'a', data: 1 }]);
    const done = await here.queues.claim('both', claim);
    const settled = here.queues.settle('both', { done, claim });
    await listening();
    await there.queues.enqueue('both', [{ id: 'b', data: 1 }]);
    expect(await settled).toMatchObject({ accepted: 1, jobs: [{ id: 'b' }] });
  });

  test('of a client that went away ends, and takes no job from those who stay', async () => {
    const { queues, connections } = await open();
    const gone = new AbortController();
    const [leaving, staying] = [queues.claim('gone', { ...claim, signal: gone.signal }), queues.claim('gone', claim)];
    await listening();
    gone.abort();
    expect(await leaving).toEqual([]);
    await queues.enqueue('gone', [{ id: 'a', data: 1 }]);
    expect(await staying).toMatchObject([{ id: 'a' }]);
    expect(await queueState(connections, 'gone')).toMatchObject({ lease: ['a'], held: { a: 'w' } });
  });

  test('whose client goes away while Redis answers hands its jobs back', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('handback', [{ id: 'a', data: 1 }]);
    for (let aborted = 0; aborted < 20; aborted += 1) {
      const gone = new AbortController();
      const leaving = queues.claim('handback', { ...claim, signal: gone.signal });
      setImmediate(() => {
        setImmediate(() => {
          gone.abort();
        });
      });
      const jobs = await leaving;
      if (jobs.length > 0) await queues.settle('handback', { release: jobs });
    }
    await waitFor('the job is back', async () => (await queues.counts('handback')).ready === 1);
    expect(await queueState(connections, 'handback')).toMatchObject({ ready: ['a'] });
  });

  test('is served before those that came later', async () => {
    const { queues } = await open();
    const claims = Array.from({ length: 20 }, () => queues.claim('fair', { ...claim, max: 1 }));
    await listening();
    const inOrder = Array.from({ length: 20 }, (_, n) => n);
    await queues.enqueue(
      'fair',
      inOrder.map((data) => ({ data })),
    );
    const served = await Promise.all(claims);
    expect(served.map(([job]) => Number(job?.dataJson))).toEqual(inOrder);
  });

  test('leaves a ring that it has no use for to other processes', async () => {
    const [here, there] = [await open(), await open()];
    const gone = new AbortController();
    const leaving = here.queues.claim('ring', { ...claim, signal: gone.signal });
    await listening();
    gone.abort();
    await leaving;
    const waiting = there.queues.claim('ring', claim);
    await listening(2);
    await there.queues.enqueue('ring', [{ id: 'a', data: 1 }]);
    expect(await waiting).toMatchObject([{ id: 'a' }]);
  });

  test('finds its job although the ring was lost with another process', async () => {
    const [here, there] = [await open(), await open()];
    const waiting = here.queues.claim('lost', claim);
    await listening();
    await there.connections.command(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']).catch(() => undefined);
    await there.queues.enqueue('lost', [{ id: 'a', data: 1 }]);
    await there.connections.command(['DEL', queueKey('lost', 'mark')]);
    expect(await waiting).toMatchObject([{ id: 'a' }]);
  });

  test('finds a job of which nobody ever told, by the sweep', async () => {
    const { queues, connections } = await open({ sweepMs: 100 });
    const waiting = queues.claim('swept', claim);
    await listening();
    await queues.enqueue('told', [{ id: 'a', data: 1 }]);
    for (const name of ['jobs', 'meta', 'ready'] as const) {
      await connections.command(['RENAME', queueKey('told', name), queueKey('swept', name)]);
    }
    expect(await waiting).toMatchObject([{ id: 'a' }]);
  });

  test('ends empty when its process stops', async () => {
    const { queues } = await open();
    const waiting = queues.claim('closing', claim);
    await listening();
    await queues.close();
    expect(await waiting).toEqual([]);
    expect(await queues.claim('closing', claim)).toEqual([]);
  });

  test('costs Redis nearly nothing: ten thousand of them share one call at the doorbell', async () => {
    const { queues } = await open();
    const first = queues.claim('idle', { ...claim, max: 1 });
    await listening();
    await server.cli('CONFIG', 'RESETSTAT');
    const others = Array.from({ length: 9_999 }, () => queues.claim('idle', { ...claim, max: 1 }));
    await expect(queues.claim('idle', claim)).rejects.toMatchObject({ code: 'quota_exceeded' });
    await queues.enqueue(
      'idle',
      Array.from({ length: 10_000 }, (_, n) => ({ data: n })),
    );
    const jobs = (await Promise.all([first, ...others])).flat();
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(10_000);
    const calls = Number(/cmdstat_fcall:calls=(\d+)/.exec(await server.cli('INFO', 'commandstats'))?.[1]);
    expect(calls).toBeLessThan(1_000);
  });
});
