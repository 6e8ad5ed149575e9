import { beforeAll, describe, expect, test } from '@jest/globals';
import type { RedisQueues } from '../../../app/queue/queues.js';
import { openQueues } from '../support/queues.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const always = ['--appendonly', 'yes', '--appendfsync', 'always'];
const hasWaitAof = async (server: RedisServer) => {
  const [, major, minor] = /redis_version:(\d+)\.(\d+)/.exec(await server.cli('INFO', 'server')) ?? [];
  return Number(major) * 100 + Number(minor) >= 702;
};

describe('durability fsync of a server alone', () => {
  test('is refused, when it is set, by a server without an append-only file', async () => {
    const server = await startRedis();
    const { queues } = await openQueues(`redis://${server.address}`);
    await expect(queues.configure('q', { durability: 'fsync' })).rejects.toMatchObject({
      code: 'durability_unavailable',
      message: expect.stringContaining('set appendonly yes'),
    });
    expect(await queues.settings('q')).toEqual({ revision: 0, settings: {} });
  });

  test('with appendfsync everysec is kept by WAITAOF, and refused by a server that lacks it', async () => {
    const server = await startRedis({ args: ['--appendonly', 'yes'] });
    const { queues } = await openQueues(`redis://${server.address}`);
    const knowsWaitAof = await hasWaitAof(server);
    const configured = queues.configure('q', { durability: 'fsync' });
    if (knowsWaitAof) {
      await configured;
      expect(await receiptOf(queues, 'q')).toEqual({ class: 'fsync', replicas: 0, confirmed: true });
    } else {
      await expect(configured).rejects.toMatchObject({ message: expect.stringContaining('got appendfsync everysec') });
    }
  });

  test('with appendfsync always survives that the server is killed', async () => {
    const server = await startRedis({ args: always });
    const { queues, connections } = await openQueues(`redis://${server.address}`);
    await queues.configure('q', { durability: 'fsync' });
    expect(await receiptOf(queues, 'q')).toEqual({ class: 'fsync', replicas: 0, confirmed: true });
    await server.kill();
    await server.start();
    await waitFor('it is back', () => connections.status().ready);
    expect(await queues.counts('q')).toMatchObject({ ready: 1 });
  });

  test('is not confirmed by a server that was set otherwise meanwhile, and refused by it later', async () => {
    const server = await startRedis({ args: always });
    const { queues } = await openQueues(`redis://${server.address}`);
    await queues.configure('q', { durability: 'fsync' });
    await receiptOf(queues, 'q');
    await server.cli('CONFIG', 'SET', 'appendonly', 'no');
    const failures = new Set<string>();
    await waitFor('the server is asked again', async () => {
      const { code } = await queues.enqueue('q', [{ id: 'a', data: 1 }]).then(
        () => ({ code: 'kept' }),
        (error: unknown) => error as { code: string },
      );
      failures.add(code);
      return code === 'durability_unavailable';
    });
    expect([...failures].sort()).toEqual(['durability_unavailable', 'unconfirmed']);
  });
});

describe('durability of a primary with a replica', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  const open = (options = {}) => openQueues(`redis://${primary.address}`, { durability: 'replicated', ...options });

  beforeAll(async () => {
    primary = await startRedis({ args: always });
    replica = await startRedis({ args: always, config: [`replicaof 127.0.0.1 ${primary.port}`] });
    await waitFor('the replica follows', async () =>
      (await primary.cli('INFO', 'replication')).includes('state=online'),
    );
  });

  test('fsync counts when a replica has the jobs, too', async () => {
    const { queues } = await open({ waitReplicasTimeoutMs: 20_000 });
    await queues.configure('disks', { durability: 'fsync' });
    expect(await receiptOf(queues, 'disks')).toEqual({ class: 'fsync', replicas: 1, confirmed: true });
    const { queues: impatient } = await open({ waitReplicasTimeoutMs: 100 });
    await whileFrozen(replica, () =>
      expect(receiptOf(impatient, 'disks')).rejects.toMatchObject({
        code: 'unconfirmed',
        message: expect.stringContaining('a replica'),
        options: { details: { jobs: [{ id: expect.any(String) }] } },
      }),
    );
  });

  test('memory asks nobody but the primary, and waits for nobody who asks others', async () => {
    const { queues } = await open({ waitReplicasTimeoutMs: 20_000 });
    await queues.configure('cheap', { durability: 'memory' });
    await receiptOf(queues, 'cheap');
    await whileFrozen(replica, async () => {
      let answered = false;
      const dear = receiptOf(queues, 'dear').finally(() => {
        answered = true;
      });
      expect(await receiptOf(queues, 'cheap')).toEqual({ class: 'memory', replicas: 0, confirmed: true });
      expect(answered).toBe(false);
      replica.thaw();
      expect(await dear).toEqual({ class: 'replicated', replicas: 1, confirmed: true });
    });
  });

  test('a stronger class holds for the very enqueue that learns of it', async () => {
    const [{ queues: producer }, { queues: operator }] = [await open({ waitReplicasTimeoutMs: 200 }), await open()];
    await operator.configure('promoted', { durability: 'memory' });
    expect(await receiptOf(producer, 'promoted')).toMatchObject({ class: 'memory' });
    await operator.configure('promoted', { durability: 'replicated' });
    await whileFrozen(replica, () =>
      expect(receiptOf(producer, 'promoted')).rejects.toMatchObject({ code: 'unconfirmed' }),
    );
    await operator.configure('promoted', { durability: 'memory' });
    expect(await receiptOf(producer, 'promoted')).toMatchObject({ class: 'replicated' });
    expect(await receiptOf(producer, 'promoted')).toMatchObject({ class: 'memory' });
    await operator.configure('promoted', { durability: 'fsync' });
    const { jobs, durability } = await operator.enqueue('promoted', [{ id: 'a', data: 1 }]);
    expect([jobs, durability]).toEqual([
      [{ id: 'a', status: 'queued' }],
      { class: 'fsync', replicas: 1, confirmed: true },
    ]);
  });
});

const receiptOf = async (queues: RedisQueues, queue: string) => (await queues.enqueue(queue, [{ data: 1 }])).durability;

async function whileFrozen(server: RedisServer, work: () => Promise<void>): Promise<void> {
  server.freeze();
  try {
    await work();
  } finally {
    server.thaw();
  }
}
