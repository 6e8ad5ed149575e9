import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueKey } from '../../../app/queue/keys.js';
import { queueState, readZset, setClocks } from '../support/queue-state.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const open = (options = {}) => openQueues(`redis://${server.address}`, options);
const claim = { max: 10, leaseMs: 60_000, worker: 'w' };

beforeAll(async () => {
  server = await startRedis();
});

describe('enqueue', () => {
  test('a job is written once, in its place, and the doorbell rings', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('one', [{ id: 'a', data: { n: 1 } }]);
    expect(await queueState(connections, 'one')).toEqual({ jobs: { a: '{"n":1}' }, ready: ['a'], mark: ['work'] });
  });

  test('ids made here are told, all different, and in the order of the jobs', async () => {
    const { queues } = await open();
    const { jobs } = await queues.enqueue('made', [{ data: 1 }, { data: 2 }, { data: 3 }]);
    const ids = jobs.map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(ids).toEqual([...ids].sort());
  });

  test('jobs come out by priority, and within a priority in the order they came', async () => {
    const { queues } = await open();
    const priorities = { z: 0, b: 9, y: 0, c: 5, a: 9, x: 0 };
    for (const [id, priority] of Object.entries(priorities))
      await queues.enqueue('order', [{ id, data: id, priority }]);
    await queues.enqueue(
      'order',
      ['m', 'k', 'l'].map((id) => ({ id, data: 0, priority: 4 })),
    );
    const jobs = await queues.claim('order', claim);
    expect(jobs.map(({ id }) => id)).toEqual(['b', 'a', 'c', 'm', 'k', 'l', 'z', 'y', 'x']);
  });

  test('a place in line is behind any before it, also when the clock was set back', async () => {
    const { queues, connections } = await open();
    await setClocks(connections, 'clock', 0, 800_000_000_000_000);
    await queues.enqueue('clock', [{ id: 'a', data: 1, priority: 9 }]);
    await queues.enqueue('clock', [{ id: 'b', data: 1, priority: 9 }]);
    expect(await readZset(connections, queueKey('clock', 'ready'))).toEqual([
      ['a', 800_000_000_000_001],
      ['b', 800_000_000_000_002],
    ]);
  });

  test('of many jobs in one call those that are in line already keep their data and their places', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('again', [
      { id: 'a', data: 'first' },
      { id: 'b', data: 'first' },
    ]);
    const before = (await readZset(connections, queueKey('again', 'ready'))).slice(0, 2);
    const ids = ['c', 'b', 'd', 'a', 'e', 'c', 'f'];
    const { jobs } = await queues.enqueue(
      'again',
      ids.map((id) => ({ id, data: 'second' })),
    );
    expect(jobs.map(({ status }) => status)).toEqual([
      'queued',
      'duplicate',
      'queued',
      'duplicate',
      'queued',
      'duplicate',
      'queued',
    ]);
    const ready = await readZset(connections, queueKey('again', 'ready'));
    expect(ready.slice(0, 2)).toEqual(before);
    expect(ready.map(([id]) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(await queueState(connections, 'again')).toMatchObject({
      jobs: { a: '"first"', b: '"first"', c: '"second"' },
    });
    expect(await queues.counts('again')).toMatchObject({ ready: 6, totals: { enqueued: 6 } });
  });

  test('an id stays one job while it is ready, delayed, leased, waiting for its retry, done or dead', async () => {
    const { queues, connections } = await open();
    await queues.enqueue(
      'twice',
      ['ready', 'leased', 'retried', 'done', 'dead'].map((id) => ({
        id,
        data: 1,
        maxAttempts: 1 + Number(id === 'retried'),
      })),
    );
    await queues.enqueue('twice', [{ id: 'delayed', data: 1, delayMs: 60_000 }]);
    const fences = new Map((await queues.claim('twice', { ...claim, max: 5 })).map(({ id, fence }) => [id, fence]));
    const delivery = (id: string) => ({ id, fence: fences.get(id) ?? '' });
    await queues.settle('twice', {
      done: [delivery('done')],
      failed: ['retried', 'dead'].map((id) => ({ ...delivery(id), error: { message: 'no' } })),
      release: [delivery('ready')],
    });
    const before = await queueState(connections, 'twice');
    const ids = ['ready', 'delayed', 'leased', 'retried', 'done', 'dead'];
    const { jobs } = await queues.enqueue(
      'twice',
      ids.map((id) => ({ id, data: 'second' })),
    );
    expect(jobs).toEqual(ids.map((id) => ({ id, status: 'duplicate' })));
    expect(await queueState(connections, 'twice')).toEqual(before);
    expect(before).toMatchObject({ ready: ['ready'], lease: ['leased'], dead: ['dead'], done: ['done'] });
  });

  test('the second of two equal ids in one request is the duplicate', async () => {
    const { queues } = await open();
    const { jobs } = await queues.enqueue('pair', [
      { id: 'a', data: 'first' },
      { id: 'a', data: 'second' },
    ]);
    expect(jobs.map(({ status }) => status)).toEqual(['queued', 'duplicate']);
    expect((await queues.claim('pair', claim)).map(({ dataJson }) => dataJson)).toEqual(['"first"']);
  });

  test('an id may be used again when the window of done jobs is over', async () => {
    const { queues } = await open({ doneWindowMs: 300 });
    await queues.enqueue('window', [{ id: 'a', data: 1 }]);
    const [job] = await queues.claim('window', claim);
    await queues.settle('window', { done: [{ id: 'a', fence: job?.fence ?? '', resultJson: '7' }] });
    await waitFor(
      'the id is free',
      async () => (await queues.enqueue('window', [{ id: 'a', data: 2 }])).jobs[0]?.status === 'queued',
    );
  });

  test('a delayed job waits for its time, whoever claims', async () => {
    const { queues, connections } = await open();
    const { jobs } = await queues.enqueue('later', [{ id: 'a', data: 1, delayMs: 3_600_000, priority: 7 }]);
    expect(jobs).toEqual([{ id: 'a', status: 'delayed' }]);
    expect(await queues.claim('later', claim)).toEqual([]);
    expect(await queueState(connections, 'later')).toEqual({ jobs: { a: '1' }, delayed: ['a'], mark: ['work'] });
    const [[, score] = ['', 0]] = await readZset(connections, queueKey('later', 'delayed'));
    expect(score % 10).toBe(2);
    expect(Math.abs(score / 10 - Date.now() - 3_600_000)).toBeLessThan(60_000);
  });

  test('a due job takes its place by its priority', async () => {
    const { queues, connections } = await open();
    await queues.pause('due');
    await queues.enqueue('due', [
      { id: 'low', data: 1 },
      { id: 'high', data: 1, priority: 9, delayMs: 1 },
    ]);
    await waitFor('the job is due', async () => {
      await queues.claim('due', claim);
      return !('delayed' in (await queueState(connections, 'due')));
    });
    await queues.resume('due');
    expect((await queues.claim('due', claim)).map(({ id }) => id)).toEqual(['high', 'low']);
  });

  test('a large request is cut into many calls and answered in its order', async () => {
    const { queues, connections } = await open();
    const jobs = Array.from({ length: 1_234 }, (_, at) => ({
      id: `j${at}`,
      data: { at, text: 'x'.repeat(at % 50 === 0 ? 30_000 : 10) },
    }));
    const receipt = await queues.enqueue('large', jobs);
    expect(receipt.jobs).toEqual(jobs.map(({ id }) => ({ id, status: 'queued' })));
    const ready = await readZset(connections, queueKey('large', 'ready'));
    expect(ready.map(([id]) => id)).toEqual(jobs.map(({ id }) => id));
    expect(new Set(ready.map(([, score]) => score)).size).toBe(jobs.length);
  });

  test('single enqueues of one moment share their calls', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('shared', [{ data: 0 }]);
    await connections.command(['CONFIG', 'RESETSTAT']);
    await Promise.all(Array.from({ length: 300 }, (_, at) => queues.enqueue(`shared${at % 3}`, [{ data: at }])));
    const stats = await server.cli('INFO', 'commandstats');
    expect(Number(/cmdstat_fcall:calls=(\d+)/.exec(stats)?.[1])).toBeLessThanOrEqual(12);
  });

  test('a full Redis refuses jobs but still takes settlements', async () => {
    const { queues, connections } = await open();
    await queues.enqueue('full', [{ id: 'a', data: 1 }]);
    const [job] = await queues.claim('full', claim);
    await connections.command(['CONFIG', 'SET', 'maxmemory', '1']);
    await expect(queues.enqueue('full', [{ id: 'b', data: 1 }])).rejects.toMatchObject({ code: 'quota_exceeded' });
    const done = [{ id: 'a', fence: job?.fence ?? '' }];
    expect(await queues.settle('full', { done })).toMatchObject({ accepted: 1 });
    await connections.command(['CONFIG', 'SET', 'maxmemory', '0']);
    expect(await queueState(connections, 'full')).toMatchObject({ done: ['a'] });
  });

  test.each([
    ['a queue name with a slash', 'a/b', [{ data: 1 }], 'the queue name'],
    ['an empty id', 'bad', [{ data: 1 }, { id: '', data: 1 }], 'jobs[1].id'],
    ['an id with a line break', 'bad', [{ id: 'a\nb', data: 1 }], 'jobs[0].id'],
    ['no data', 'bad', [{ data: undefined }], 'jobs[0].data'],
    ['data that is too large', 'bad', [{ data: 'x'.repeat(1024 * 1024) }], 'jobs[0].data'],
    ['a priority of ten', 'bad', [{ data: 1, priority: 10 }], 'jobs[0].priority'],
    ['a negative delay', 'bad', [{ data: 1, delayMs: -1 }], 'jobs[0].delayMs'],
    ['no attempt', 'bad', [{ data: 1, maxAttempts: 0 }], 'jobs[0].maxAttempts'],
    ['too many jobs', 'bad', Array<{ data: number }>(50_001).fill({ data: 1 }), 'the number of jobs'],
  ])('refuses %s and writes nothing', async (_, queue, jobs, field) => {
    const { queues, connections } = await open();
    await expect(queues.enqueue(queue, jobs)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(`Expected ${field} to be`),
    });
    expect(await queueState(connections, queue)).toEqual({});
  });
});
