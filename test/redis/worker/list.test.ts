import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { WorkerList } from '../../../app/queue/worker-list.js';
import { Announcer } from '../../../app/worker/announcer.js';
import { connectReady } from '../support/connect.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const workersKey = 'ml:workers';

describe('the list of workers', () => {
  let directory: string;
  let redis: RedisServer;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'moorline-workers-'));
    await writeFile(
      join(directory, 'handlers.mjs'),
      'export default { endless: () => new Promise(() => {}), a: () => 1 };',
    );
    redis = await startRedis();
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('has a worker from its start to its stop, and still one that was killed just now', async () => {
    const environment = {
      REDIS_URI: `redis://${redis.address}`,
      MOORLINE_WORKER_HANDLERS: join(directory, 'handlers.mjs'),
      MOORLINE_WORKER_CONCURRENCY: '7',
      MOORLINE_SHUTDOWN_GRACE_MS: '2000',
      POD_NAME: 'pod-7',
    };
    const client = new GatewayClient((await startMoorline('gateway', { REDIS_URI: environment.REDIS_URI })).url);
    const listed = async () => (await client.get('/api/v1/workers')).body.workers;
    const stopped = await startMoorline('worker', { ...environment, SERVER_ID: 'id-7' });
    const [first] = await waitFor('it is listed', async () => {
      const workers = await listed();
      return workers.length === 1 && workers;
    });
    expect(first).toEqual({
      name: expect.stringMatching(/^pod-7-[0-9a-f]{6}$/),
      serverId: 'id-7',
      pod: 'pod-7',
      queues: ['a', 'endless'],
      running: 0,
      concurrency: 7,
      startedAt: expect.any(Number),
      lastHeardAt: expect.any(Number),
    });

    const killed = await startMoorline('worker', { ...environment, POD_NAME: 'pod-8' });
    await waitFor('both are listed', async () => (await listed()).length === 2);
    stopped.signal('SIGTERM');
    expect(await stopped.exit()).toBe(0);
    await killed.kill();
    expect((await listed()).map(({ pod }) => pod)).toEqual(['pod-8']);
  });

  test('drops workers that were silent for two minutes, a hundred at a time, and what it cannot read', async () => {
    const connections = await connectReady(`redis://${redis.address}`);
    await redis.cli('DEL', workersKey);
    const workers = new WorkerList(connections);
    const view = { serverId: 's', pod: 'p', queues: [], running: 1, concurrency: 2, startedAt: 3 };
    const silent = (name: string) => JSON.stringify({ ...view, name, lastHeardAt: Date.now() - 121_000 });
    const entries = Array.from({ length: 150 }, (_, n) => [`silent-${n}`, silent(`silent-${n}`)]);
    await connections.command(['HSET', workersKey, 'odd', '{"name":"odd"}', ...entries.flat()]);
    await workers.put({ ...view, name: 'w2', queues: ['b', 'a'] });
    await workers.put({ ...view, name: 'w1' });

    const heard = await workers.list();
    expect(heard.map(({ name, queues }) => [name, queues])).toEqual([
      ['w1', []],
      ['w2', ['a', 'b']],
    ]);
    expect(await connections.command(['HLEN', workersKey])).toBe(53);
    await workers.list();
    expect(await connections.command(['HLEN', workersKey])).toBe(2);
  });

  test('hears a worker again and again, and as it is by then', async () => {
    const workers = new WorkerList(await connectReady(`redis://${redis.address}`));
    let running = 0;
    const view = { name: 'busy', serverId: 's', pod: 'p', queues: [], concurrency: 9, startedAt: 0 };
    const announcer = new Announcer({
      workers,
      describe: () => ({ ...view, running }),
      log: createLog({ level: 'silent' }),
      everyMs: 20,
    });
    for (running = 1; running <= 3; running += 1) {
      await waitFor('its word of now', async () =>
        (await workers.list()).some((worker) => worker.name === 'busy' && worker.running === running),
      );
    }
    await announcer.stop();
    expect((await workers.list()).map(({ name }) => name)).not.toContain('busy');
  });

  test('names no more than a thousand', async () => {
    const connections = await connectReady(`redis://${redis.address}`);
    const workers = new WorkerList(connections);
    const view = { serverId: 's', pod: 'p', queues: [], running: 0, concurrency: 1, startedAt: 0 };
    await Promise.all(Array.from({ length: 1_001 }, (_, n) => workers.put({ ...view, name: `many-${n}` })));
    expect(await workers.list()).toHaveLength(1_000);
  });

  test('a start removes who died before, where nobody reads the list', async () => {
    const connections = await connectReady(`redis://${redis.address}`);
    await redis.cli('DEL', workersKey);
    await redis.cli('HSET', workersKey, 'dead', '{}');
    const worker = await startMoorline('worker', { REDIS_URI: `redis://${redis.address}` });
    await waitFor('only the new one is left', async () => {
      const names = (await connections.command(['HKEYS', workersKey])) as readonly Buffer[];
      return names.length === 1 && String(names[0]) !== 'dead';
    });
    await worker.kill();
  });
});
