import { beforeAll, describe, expect, test } from '@jest/globals';
import { queueKey } from '../../../app/queue/keys.js';
import { shardName } from '../../../app/queue/sharding/shard-names.js';
import type { ShardedQueues } from '../../../app/queue/sharding/sharded-queues.js';
import type { ClaimedJob, DeadJob } from '../../../app/queue/types.js';
import { openSharded } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let server: RedisServer;
const claim = { max: 100, leaseMs: 60_000, worker: 'w' };
const open = (options = {}) => openSharded(`redis://${server.address}`, options);
const jobs = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `job-${n}`, data: n }));

beforeAll(async () => {
  server = await startRedis();
});

/** All that can be claimed at once. */
async function claimAll(queues: ShardedQueues, queue: string): Promise<readonly ClaimedJob[]> {
  const all: ClaimedJob[] = [];
  for (;;) {
    const some = await queues.claim(queue, claim);
    if (some.length === 0) return all;
    all.push(...some);
  }
}

describe('a queue with shards', () => {
  test('spreads its jobs, and is one queue to whoever uses it', async () => {
    const queues = await open();
    await queues.configure('one', { shards: 4, concurrency: 1000 });
    const { jobs: receipts } = await queues.enqueue('one', jobs(200));
    expect(receipts.map(({ id }) => id)).toEqual(jobs(200).map(({ id }) => id));
    const perShard = await Promise.all(
      [0, 1, 2, 3].map((shard) => server.cli('ZCARD', queueKey(shardName('one', shard), 'ready'))),
    );
    expect(Math.min(...perShard.map(Number))).toBeGreaterThan(20);
    expect(await queues.counts('one')).toMatchObject({ queue: 'one', ready: 200, totals: { enqueued: 200 } });
    expect(await queues.names()).toEqual(['one']);
    expect(await queues.settings('one')).toMatchObject({ settings: { shards: 4, concurrency: 1000 } });

    const claimed = await claimAll(queues, 'one');
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(200);
    expect(new Set(claimed.map(({ fence }) => fence)).size).toBe(200);
    const [first] = claimed.filter(({ fence }) => fence.includes('.'));
    if (first === undefined) throw new Error('Expected a job of another shard than the first');
    expect(await queues.job('one', first.id)).toMatchObject({ queue: 'one', state: 'leased', fence: first.fence });
    expect(await queues.settle('one', { done: claimed })).toMatchObject({ accepted: 200, rejected: [] });
    expect(await queues.settle('one', { extend: [{ ...first, leaseMs: 1000 }] })).toMatchObject({
      rejected: [{ id: first.id, fence: first.fence, reason: 'stale' }],
    });
    expect(await queues.enqueue('one', jobs(1))).toMatchObject({ jobs: [{ status: 'duplicate' }] });
  });

  test('settles and claims in one request, until nothing is left', async () => {
    const queues = await open();
    await queues.configure('work', { shards: 3 });
    await queues.enqueue('work', jobs(100));
    const seen = new Set<string>();
    let done: readonly ClaimedJob[] = [];
    do {
      const result = await queues.settle('work', { done, claim: { ...claim, max: 7 } });
      expect(result.accepted).toBe(done.length);
      done = result.jobs;
      for (const { id } of done) seen.add(id);
    } while (done.length > 0);
    expect(seen.size).toBe(100);
    expect(await queues.counts('work')).toMatchObject({ leased: 0, totals: { done: 100 } });
  });

  test('checks all jobs before any is stored', async () => {
    const queues = await open();
    await queues.configure('checked', { shards: 4 });
    const wrong = [...jobs(20), { id: 'x', data: 1, priority: 99 }];
    await expect(queues.enqueue('checked', wrong)).rejects.toThrow('jobs[20].priority');
    expect(await queues.counts('checked')).toMatchObject({ ready: 0 });
    await expect(queues.counts('checked:1')).rejects.toThrow('the queue name');
  });

  test('has dead letters page by page, and replays and purges them', async () => {
    const queues = await open();
    await queues.configure('dead', { shards: 3 });
    await queues.enqueue('dead', jobs(50));
    const failed = (await claimAll(queues, 'dead')).map((job) => ({ ...job, error: { message: 'no' }, retry: false }));
    expect(await queues.settle('dead', { failed })).toMatchObject({ accepted: 50 });
    expect((await queues.deadGroups('dead', 10)).groups).toMatchObject([{ count: 50 }]);
    const letters: DeadJob[] = [];
    let cursor: string | undefined;
    do {
      const page = await queues.dead('dead', { limit: 7, ...(cursor === undefined ? {} : { cursor }) });
      letters.push(...page.jobs);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(new Set(letters.map(({ id }) => id)).size).toBe(50);
    expect(await queues.replay('dead', { all: true }, { limit: 30 })).toMatchObject({ matched: 30, replayed: 30 });
    const [id = ''] = (await queues.dead('dead', { limit: 1 })).jobs.map((job) => job.id);
    expect(await queues.purge('dead', { ids: [id] }, {})).toMatchObject({ purged: 1 });
    expect(await queues.counts('dead')).toMatchObject({ ready: 30, dead: 19 });
  });

  test('pauses, resumes and cancels in all of them', async () => {
    const queues = await open();
    await queues.configure('paused', { shards: 3 });
    await queues.enqueue('paused', jobs(10));
    await queues.pause('paused');
    await queues.configure('paused', { shards: 5 });
    await queues.enqueue('paused', [{ id: 'late', data: 1 }]);
    expect(await queues.claim('paused', claim)).toEqual([]);
    expect(await queues.cancel('paused', 'late')).toMatchObject({ state: 'cancelled' });
    for (const { id } of jobs(9)) expect(await queues.cancel('paused', id)).toMatchObject({ state: 'cancelled' });
    await expect(queues.cancel('paused', 'unknown')).rejects.toMatchObject({ code: 'not_found' });
    await queues.drain('paused');
    await expect(queues.enqueue('paused', jobs(1))).rejects.toMatchObject({ code: 'queue_paused' });
    await queues.resume('paused');
    expect(await queues.claim('paused', claim)).toMatchObject([{ id: 'job-9' }]);
    await queues.enqueue('paused', jobs(30).slice(10));
    expect(await queues.empty('paused')).toBe(20);
  });

  test('wakes who waits, whichever shard the job goes to', async () => {
    const [here, there] = [await open({ sweepMs: 3_600_000 }), await open()];
    await there.configure('wait', { shards: 3 });
    for (const job of jobs(6)) {
      const waiting = here.claim('wait', { ...claim, waitMs: 50_000 });
      await there.enqueue('wait', [job]);
      expect(await waiting).toMatchObject([{ id: job.id }]);
    }
  });
});

describe('resharding', () => {
  test('while jobs flow loses none, and none runs twice', async () => {
    const [admin, producer] = [await open(), await open()];
    const runs = new Map<string, number>();
    const total = 6_000;
    const work = Promise.all([await open(), await open()].map((queues) => runWorker(queues, 'flow', runs, total)));
    let sent = 0;
    const shapes = [3, 6, 2, 1, 4];
    for (const shards of shapes) {
      const configured = admin.configure('flow', { shards });
      for (const end = sent + total / shapes.length; sent < end; sent += 100) {
        const batch = Array.from({ length: 100 }, (_, n) => ({ id: `job-${sent + n}`, data: 1 }));
        await producer.enqueue('flow', batch);
      }
      await configured;
    }
    await work;
    expect(runs.size).toBe(total);
    expect([...runs.values()].filter((count) => count !== 1)).toEqual([]);
    expect(await admin.counts('flow')).toMatchObject({ ready: 0, leased: 0, totals: { enqueued: total, done: total } });
  });

  test('to fewer shards leaves no job behind', async () => {
    const queues = await open();
    await queues.configure('fewer', { shards: 6 });
    await queues.enqueue('fewer', jobs(60));
    await queues.configure('fewer', { shards: 1 });
    await queues.enqueue('fewer', [{ id: 'new', data: 1 }]);
    expect(Number(await server.cli('ZCARD', queueKey('fewer', 'ready')))).toBeLessThan(30);
    expect(await claimAll(await open(), 'fewer')).toHaveLength(61);
  });

  test('ends all waits of a process that learns of it, so that they begin anew with all shards', async () => {
    const queues = await open();
    const stop = new AbortController();
    const waits = [1, 2].map(() => queues.waitForWork('learned', { signal: stop.signal }));
    await queues.configure('other-learned', { shards: 2 });
    expect(await Promise.all(waits)).toEqual([true, true]);
  });

  test('reaches whoever waits already', async () => {
    const [here, there] = [await open(), await open()];
    const stop = new AbortController();
    const waiting = here.waitForWork('grown', { signal: stop.signal });
    await waitFor('somebody waits', async () => /blocked_clients:[1-9]/.test(await server.cli('INFO', 'clients')));
    await there.configure('grown', { shards: 8 });
    expect(await waiting).toBe(true);
    await there.enqueue('grown', jobs(50));
    await waitFor('the jobs of all shards', async () => (await here.claim('grown', claim)).length > 0);
  });
});

/** Until all jobs have run, by whomever. */
async function runWorker(
  queues: ShardedQueues,
  queue: string,
  runs: Map<string, number>,
  total: number,
): Promise<void> {
  let done: readonly ClaimedJob[] = [];
  while (runs.size < total || done.length > 0) {
    const wait = { ...claim, leaseMs: 600_000, waitMs: runs.size < total ? 100 : 0 };
    const { jobs: claimed } = await queues.settle(queue, { done, claim: wait });
    for (const { id } of claimed) runs.set(id, (runs.get(id) ?? 0) + 1);
    done = claimed;
  }
}
