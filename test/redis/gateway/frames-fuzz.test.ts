import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline } from '../support/moorline-process.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';
import { TestSocket } from '../support/web-socket.js';

const count = Number(process.env['FRAMES'] ?? 3_000);
/** As many as one connection may send at once. */
const perConnection = 150;

const readable = fc.oneof(
  fc.record({ id: fc.nat(), subscribe: fc.jsonValue({ maxDepth: 3 }) }),
  fc.record({ id: fc.nat(), unsubscribe: fc.jsonValue(), auth: fc.jsonValue() }, { requiredKeys: ['id'] }),
  fc.record({ id: fc.nat(), subscribe: fc.record({ stream: fc.string(), offset: fc.double(), epoch: fc.string() }) }),
  fc.record({ id: fc.nat(), unsubscribe: fc.record({ topic: fc.string() }) }),
);
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const last = Number.MAX_SAFE_INTEGER;

test.each([['moorline.json'], ['moorline.msgpack']])(
  'frames without sense get an error or end their connection, and harm nobody else, by %s',
  async (protocol) => {
    const redis = await startRedis();
    const gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
    const bystander = await TestSocket.open(gateway.url);
    await bystander.ask({ subscribe: { stream: 'bystander' } });
    for (let left = count / 2; left > 0; left -= perConnection) {
      const socket = await TestSocket.open(gateway.url, { protocols: [protocol] });
      for (const frame of fc.sample(readable, perConnection)) socket.send(frame);
      socket.send({ id: last, ping: {} });
      await waitFor('all of them are dealt with', () => socket.frames.some(({ id }) => id === last));
      for (const frame of fc.sample(bytes, 3)) socket.sendRaw(frame);
      // Whatever they were, this one cannot be read.
      socket.sendRaw('[');
      expect(await socket.closed()).toBe(3501);
    }
    await new GatewayClient(gateway.url).post('/api/v1/streams/bystander/chunks', { chunks: ['still there'] });
    await waitFor('the chunk', () => bystander.chunks('bystander').length === 1);
    expect(gateway.isRunning).toBe(true);
  },
  60_000 + 20 * count,
);
