import { beforeAll, describe, expect, test } from '@jest/globals';
import { countReplyKeys, sweepReplyKeys } from '../../../app/dispatch/reply-keys.js';
import { loadConfig } from '../../../app/config/index.js';
import { connectionsNeeded } from '../../../app/config/index.js';
import { openDispatcher, serve } from '../support/dispatch.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let redis: RedisServer;
let uri: string;

beforeAll(async () => {
  redis = await startRedis();
  uri = `redis://${redis.address}`;
});

const claimOne = async (queues: Awaited<ReturnType<typeof openQueues>>['queues'], queue: string) => {
  const [job] = await queues.claim(queue, { max: 1, leaseMs: 30_000, worker: 'w', waitMs: 20_000 });
  if (job === undefined) throw new Error('Expected a job');
  return job;
};

/** Ends the connections of the test's clients that are of this role. */
async function cut(role: string): Promise<void> {
  const list = await redis.cli('CLIENT', 'LIST');
  for (const [, id = ''] of list.matchAll(new RegExp(`^id=(\\d+) .*name=moorline:test-pod:${role} `, 'gm'))) {
    await redis.cli('CLIENT', 'KILL', 'ID', id);
  }
}

const isConnected = async (role: string): Promise<boolean> =>
  (await redis.cli('CLIENT', 'LIST')).includes(`name=moorline:test-pod:${role} `);

describe('answers', () => {
  test('of thousands of tasks cost about two commands each and one connection more', async () => {
    const { dispatcher } = await openDispatcher(uri);
    const { queues } = await openQueues(uri);
    const worker = serve(queues, 'many', ({ dataJson }) => Number(dataJson) + 1);
    await dispatcher.ask('many', 0);
    const clients = async () => Number(/connected_clients:(\d+)/.exec(await redis.cli('INFO', 'clients'))?.[1]);
    const before = await clients();
    await redis.cli('CONFIG', 'RESETSTAT');
    const numbers = Array.from({ length: 2_000 }, (_, n) => n);
    const answers = await Promise.all(numbers.map((n) => dispatcher.ask('many', n)));
    expect(answers.map(({ resultJson }) => Number(resultJson))).toEqual(numbers.map((n) => n + 1));
    const calls = await redis.cli('INFO', 'commandstats');
    const sent = ['fcall', 'xread', 'bzpopmin', 'client\\|unblock', 'xtrim'].map((name) =>
      Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(calls)?.[1] ?? 0),
    );
    expect(sent.reduce((sum, count) => sum + count, 0)).toBeLessThan(2 * numbers.length);
    expect(await clients()).toBe(before);
    expect(new Set(worker.seen).size).toBe(numbers.length + 1);
    await worker.stop();
  });

  test.each([
    ['stream', 'replies'],
    ['pubsub', 'subscriber'],
  ] as const)('are not lost with the connection of the %s', async (reply, role) => {
    const { dispatcher } = await openDispatcher(uri);
    const { queues } = await openQueues(uri);
    const answers = [1, 2, 3].map((n) => dispatcher.ask(`cut-${reply}`, n, { reply, timeoutMs: 60_000 }));
    await waitFor('the connection', () => isConnected(role));
    for (const answer of answers) {
      const { id, fence } = await claimOne(queues, `cut-${reply}`);
      // In the same moment: whether the answer or the end of the connection is first is chance.
      await Promise.all([cut(role), queues.settle(`cut-${reply}`, { done: [{ id, fence, resultJson: '7' }] })]);
      expect(await answer).toEqual({ id, resultJson: '7' });
    }
  });

  test('that never came are found by the ids of their tasks', async () => {
    const { dispatcher, metrics } = await openDispatcher(uri);
    const { queues } = await openQueues(uri);
    const answer = dispatcher.ask('lost', 1, { id: 'x', timeoutMs: 60_000 });
    const { id, fence } = await claimOne(queues, 'lost');
    // As if the primary had been replaced by one that lacks the end of the stream: the same job, with no way for its answer.
    const jobs = 'ml:{lost}:held';
    const held = await redis.cli('HGET', jobs, id);
    expect(held).not.toBe('');
    await redis.cli(
      'EVAL',
      "redis.call('HSET', KEYS[1], ARGV[1], struct.pack('>I8I7c0', ARGV[2], 0, 'w'))",
      '1',
      jobs,
      id,
      fence,
    );
    await queues.settle('lost', { done: [{ id, fence, resultJson: '"found"' }] });
    expect(await answer).toEqual({ id, resultJson: '"found"' });
    expect((await metrics.metrics()).includes('moorline_task_answers_found_total 1')).toBe(true);
  });

  test('by keys of their own have a connection each, as many as there may be, and leave nothing', async () => {
    const { dispatcher } = await openDispatcher(uri);
    const { queues, connections } = await openQueues(uri);
    const { redis: config } = loadConfig({ REDIS_URI: uri }, 'worker');
    const most = config.maxConnections - connectionsNeeded(config.target);
    const keysBefore = await countReplyKeys(connections);
    const answers = Array.from({ length: most + 3 }, (_, n) =>
      dispatcher.ask('keys', n, { reply: 'key', timeoutMs: 20_000 }).catch((error: unknown) => error),
    );
    const refused = await Promise.all(answers.slice(most));
    expect(refused).toMatchObject(Array.from({ length: 3 }, () => ({ code: 'quota_exceeded' })));
    const worker = serve(queues, 'keys', ({ dataJson }) => Number(dataJson));
    expect(await Promise.all(answers.slice(0, most))).toMatchObject(
      Array.from({ length: most }, (_, n) => ({ resultJson: String(n) })),
    );
    await worker.stop();
    await waitFor('the keys are gone', async () => (await countReplyKeys(connections)) === keysBefore);
  });
});

test('streams of answers that should be gone are swept, others stay', async () => {
  const { connections } = await openQueues(uri);
  const [seconds = 0] = (await redis.cli('TIME')).split('\n').map(Number);
  for (const [key, ms] of [
    ['ml:{:replies}:old', seconds * 1_000 - 5_000],
    ['ml:{:replies}:young', seconds * 1_000 + 60_000],
  ] as const) {
    await redis.cli('XADD', key, '*', 'a', 'b');
    await redis.cli('ZADD', 'ml:{:replies}', String(ms), key);
  }
  expect(await sweepReplyKeys(connections)).toBeGreaterThanOrEqual(1);
  expect(await redis.cli('EXISTS', 'ml:{:replies}:old')).toBe('0');
  expect(await redis.cli('EXISTS', 'ml:{:replies}:young')).toBe('1');
  expect(await redis.cli('ZSCORE', 'ml:{:replies}', 'ml:{:replies}:old')).toBe('');
});

describe('deadlines', () => {
  test('a claim passes over a hundred tasks that are over, and frees their memory', async () => {
    const { dispatcher } = await openDispatcher(uri);
    const { queues } = await openQueues(uri);
    const started = Array.from({ length: 90 }, (_, n) => dispatcher.start('stale', n, { timeoutMs: 1 }));
    await Promise.all(started);
    await dispatcher.start('stale', 'fresh', { timeoutMs: 60_000 });
    const job = await claimOne(queues, 'stale');
    expect(job.dataJson).toBe('"fresh"');
    expect(await queues.counts('stale')).toMatchObject({ ready: 0, blocked: 0, leased: 1, totals: { expired: 90 } });
    expect(await redis.cli('HLEN', 'ml:{stale}:jobs')).toBe('1');
  });

  test('a task whose workers die ends as failed, and its caller is told', async () => {
    const { dispatcher, queues } = await openDispatcher(uri);
    await queues.configure('deadly', { maxCrashes: 1 });
    const answer = dispatcher.ask('deadly', 1, { timeoutMs: 60_000 });
    await queues.claim('deadly', { max: 1, leaseMs: 10, worker: 'w', waitMs: 20_000 });
    const refused = expect(answer).rejects.toMatchObject({
      code: 'task_failed',
      message: expect.stringContaining('workers'),
    });
    await waitFor('the lease is over', async () => {
      await queues.claim('deadly', { max: 1, leaseMs: 1_000, worker: 'w' });
      return (await queues.counts('deadly')).leased === 0;
    });
    await refused;
    expect((await queues.counts('deadly')).dead).toBe(0);
  });
});

test('tasks of a queue with shards are answered, found and cancelled as others are', async () => {
  const { dispatcher, queues } = await openDispatcher(uri);
  await queues.configure('wide', { shards: 4 });
  const worker = serve(queues, 'wide', ({ dataJson }) => Number(dataJson) * 2);
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => dispatcher.ask('wide', n)));
  expect(answers.map(({ resultJson }) => resultJson)).toEqual(['2', '4', '6', '8', '10', '12']);
  expect(await dispatcher.get(answers[3]?.id ?? '')).toMatchObject({ state: 'done', resultJson: '8' });
  await worker.stop();
  const { id } = await dispatcher.start('wide', 7);
  expect(await dispatcher.cancel(id)).toMatchObject({ state: 'cancelled' });
});
