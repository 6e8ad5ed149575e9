import { beforeEach, describe, expect, test } from '@jest/globals';
import { isMoorlineError } from '../../../app/resilience/errors.js';
import { queueKey } from '../../../app/queue/keys.js';
import type { RedisQueues } from '../../../app/queue/queues.js';
import type { ClaimedJob } from '../../../app/queue/types.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let primary: RedisServer;
let replica: RedisServer;
const open = (options = {}) => openQueues(`redis://${primary.address}`, { durability: 'replicated', ...options });
const jobs = Array.from({ length: 700 }, (_, n) => ({ id: `j${n}`, data: n }));

beforeEach(async () => {
  primary = await startRedis();
  replica = await startRedis({ config: [`replicaof 127.0.0.1 ${primary.port}`] });
  await waitFor('the replica follows', async () => (await primary.cli('INFO', 'replication')).includes('state=online'));
});

describe('a replicated settlement', () => {
  const claim = { max: 1, waitMs: 0, leaseMs: 30_000, worker: 'w' };

  test('is rejected as unconfirmed while no replica answers, and hands out what it claimed all the same', async () => {
    const { queues } = await open({ waitReplicasTimeoutMs: 100 });
    const [first] = await enqueuedAndClaimed(queues, 'verdicts');
    replica.freeze();
    const { jobs: claimed, ...answer } = await queues.settle('verdicts', { done: [first], claim });
    expect(answer).toEqual({ accepted: 0, rejected: [{ id: 'a', fence: first.fence, reason: 'unconfirmed' }] });
    expect(claimed).toMatchObject([{ id: 'b' }]);
  });

  test('may be repeated, and is accepted only when the first one is confirmed', async () => {
    const { queues } = await open({ waitReplicasTimeoutMs: 100 });
    const [done, failed] = await enqueuedAndClaimed(queues, 'verdicts', 3);
    const verdicts = { done: [done], failed: [{ ...failed, error: { message: 'no' } }] };
    replica.freeze();
    expect(await queues.settle('verdicts', verdicts)).toMatchObject({ accepted: 0 });
    // On connections of its own, which wrote nothing before: their WAIT must cover the write of the others.
    const other = await open({ waitReplicasTimeoutMs: 100 });
    expect(await other.queues.settle('verdicts', verdicts)).toMatchObject({ accepted: 0 });
    replica.thaw();
    await waitFor('the replica confirms', async () => (await other.queues.settle('verdicts', verdicts)).accepted === 2);
    expect(await replica.cli('HEXISTS', queueKey('verdicts', 'jobs'), 'a')).toBe('0');
  });

  test('waits for no replica when it ends nothing, or when the queue promises none', async () => {
    const { queues } = await open({ waitReplicasTimeoutMs: 20_000 });
    const [job] = await enqueuedAndClaimed(queues, 'verdicts');
    await queues.configure('cheap', { durability: 'memory' });
    const [cheap] = await enqueuedAndClaimed(queues, 'cheap');
    replica.freeze();
    expect(await queues.settle('verdicts', { extend: [{ ...job, leaseMs: 30_000 }] })).toMatchObject({ accepted: 1 });
    expect(await queues.settle('cheap', { done: [cheap] })).toMatchObject({ accepted: 1 });
  });

  async function enqueuedAndClaimed(queues: RedisQueues, queue: string, max = 1): Promise<[ClaimedJob, ClaimedJob]> {
    await queues.enqueue(
      queue,
      ['a', 'b', 'c'].map((id) => ({ id, data: 1 })),
    );
    const jobs = await queues.claim(queue, { ...claim, max });
    expect(jobs).toHaveLength(max);
    return jobs as [ClaimedJob, ClaimedJob];
  }
});

describe('a replicated enqueue', () => {
  test('is answered when a replica has the jobs', async () => {
    const { queues } = await open({ waitReplicasTimeoutMs: 20_000 });
    const { durability } = await queues.enqueue('kept', jobs);
    expect(durability).toEqual({ class: 'replicated', replicas: 1, confirmed: true });
    expect(await replica.cli('ZCARD', queueKey('kept', 'ready'))).toBe('700');
  });

  test('is unconfirmed while no replica answers, with the ids, also those made here', async () => {
    const { queues } = await open({ waitReplicasTimeoutMs: 100 });
    replica.freeze();
    const failure: unknown = await queues
      .enqueue('alone', [{ id: 'mine', data: 1 }, { data: 2 }])
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unconfirmed', retryable: true });
    const details = isMoorlineError(failure) ? failure.options.details : undefined;
    expect(details).toEqual({ jobs: [{ id: 'mine' }, { id: expect.stringMatching(/^[0-9a-v]{26}$/) }] });
  });

  test('may be repeated: it makes no duplicates, and is confirmed only when the first write is', async () => {
    const { queues } = await open({ waitReplicasTimeoutMs: 100 });
    replica.freeze();
    await expect(queues.enqueue('again', jobs)).rejects.toMatchObject({ code: 'unconfirmed' });
    // On connections of its own, which wrote nothing before: their WAIT must cover the write of the others.
    const other = await open({ waitReplicasTimeoutMs: 100 });
    await expect(other.queues.enqueue('again', jobs)).rejects.toMatchObject({ code: 'unconfirmed' });
    replica.thaw();
    const receipt = await waitFor('the replica confirms', () =>
      other.queues.enqueue('again', jobs).catch(() => undefined),
    );
    expect(new Set(receipt.jobs.map(({ status }) => status))).toEqual(new Set(['duplicate']));
    expect(await replica.cli('ZCARD', queueKey('again', 'ready'))).toBe('700');
    expect(await queues.counts('again')).toMatchObject({ ready: 700, totals: { enqueued: 700 } });
  });

  test('shares one WAIT with all that arrive while another is under way, over all queues', async () => {
    const { queues } = await open({ waitReplicasTimeoutMs: 20_000 });
    await queues.enqueue('warm', [{ data: 1 }]);
    await primary.cli('CONFIG', 'RESETSTAT');
    await Promise.all(jobs.map((job, at) => queues.enqueue(`shared${at % 5}`, [job])));
    const stats = await primary.cli('INFO', 'commandstats');
    expect(Number(/cmdstat_wait:calls=(\d+)/.exec(stats)?.[1])).toBeLessThanOrEqual(2);
  });

  test('is a delay and no error when its connection breaks, and what it repeated is no duplicate', async () => {
    const { queues, connections } = await open({ waitReplicasTimeoutMs: 20_000 });
    const statuses = new Set<string>();
    let [accepted, stopping] = [0, false];
    const producers = Array.from({ length: 20 }, async (_, producer) => {
      for (; !stopping; accepted += 2) {
        const { jobs: receipts } = await queues.enqueue('breaks', [{ data: producer }, { data: 1, delayMs: 60_000 }]);
        statuses.add(receipts.map(({ status }) => status).join());
      }
    });
    for (let kill = 0; kill < 10; kill += 1) {
      const before = accepted;
      // Each call meets one kill at most: the next one comes when all go on.
      await waitFor('enqueues to go on', () => accepted > before + 40 && connections.status().ready);
      await primary.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    }
    stopping = true;
    await Promise.all(producers);
    expect([...statuses]).toEqual(['queued,delayed']);
    expect(await queues.counts('breaks')).toMatchObject({ totals: { enqueued: accepted } });
  });

  test('fails alone when Redis refuses its queue', async () => {
    const { queues } = await open({ waitReplicasTimeoutMs: 20_000 });
    await primary.cli('SET', queueKey('broken', 'jobs'), 'no hash');
    const [broken, fine] = await Promise.allSettled([
      queues.enqueue('broken', [{ data: 1 }]),
      queues.enqueue('fine', [{ data: 1 }]),
    ]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    expect(fine).toMatchObject({ status: 'fulfilled' });
  });
});
