import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openEvents } from '../support/event-source.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline } from '../support/moorline-process.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const handlers = `
import { setTimeout as sleep } from 'node:timers/promises';

export default {
  echo: ({ data }) => data,
  boom: () => { throw Object.assign(new Error('no way'), { code: 'blocked' }); },
  endless: (job, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  tokens: async ({ data }, { publish }) => {
    for (const token of data) await publish(token);
    return data.length;
  },
};`;

describe('a worker process', () => {
  let directory: string;
  let client: GatewayClient;
  const ask = (queue: string, data: unknown, rest: object = {}) =>
    client.post('/api/v1/tasks', { queue, data, ...rest });

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'moorline-tasks-'));
    const file = join(directory, 'handlers.mjs');
    await writeFile(file, handlers);
    const redis = await startRedis();
    const environment = { REDIS_URI: `redis://${redis.address}` };
    const [gateway] = await Promise.all([
      startMoorline('gateway', environment),
      startMoorline('worker', { ...environment, MOORLINE_WORKER_HANDLERS: file }),
    ]);
    client = new GatewayClient(gateway.url);
  });

  afterAll(() => rm(directory, { recursive: true }));

  test('answers tasks by its handlers, and tells what went wrong', async () => {
    expect(JSON.parse((await ask('echo', { deep: [1] })).text)).toMatchObject({ result: { deep: [1] } });
    const { status, body } = await ask('boom', 1);
    expect([status, body]).toMatchObject([502, { error: { code: 'task_failed' }, failure: { code: 'blocked' } }]);
    expect(body.error.message).toContain('no way');
  });

  test('ends a handler at the deadline of its task', async () => {
    const { status } = await ask('endless', 1, { timeoutMs: 700, id: 'e' });
    expect(status).toBe(504);
    const view = await waitFor('it is over', async () => {
      const { text } = await client.get('/api/v1/tasks/endless:e');
      const { state } = JSON.parse(text) as { readonly state: string };
      return state !== 'leased' && state;
    });
    // Whoever comes first: the caller who gave up, the worker, or the deadline itself.
    expect(['cancelled', 'failed', 'expired']).toContain(view);
  });

  test('streams what a handler tells, and then the end', async () => {
    const events = await openEvents(client.url, '/api/v1/streams/task:tokens:t');
    const { text } = await ask('tokens', ['a', 'b', 'c'], { id: 't', stream: true });
    expect(JSON.parse(text)).toMatchObject({ result: 3 });
    await events.closed;
    expect(events.messages()).toEqual(['a', 'b', 'c']);
  });
});
