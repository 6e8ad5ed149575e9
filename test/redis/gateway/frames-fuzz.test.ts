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

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const json = (values: fc.Arbitrary<unknown>) => values.map((value) => JSON.stringify(value));
const frames = fc.oneof(
  bytes,
  fc.json({ maxDepth: 3 }),
  json(fc.record({ id: fc.nat(), subscribe: fc.jsonValue({ maxDepth: 3 }) })),
  json(fc.record({ id: fc.nat(), unsubscribe: fc.jsonValue(), auth: fc.jsonValue() }, { requiredKeys: ['id'] })),
);

test.each([['moorline.json'], ['moorline.msgpack']])(
  'frames without sense get an error or end their connection, and harm nobody else, by %s',
  async (protocol) => {
    const redis = await startRedis();
    const gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
    const bystander = await TestSocket.open(gateway.url);
    await bystander.ask({ subscribe: { stream: 'bystander' } });
    for (let left = count / 2; left > 0; left -= perConnection) {
      const socket = await TestSocket.open(gateway.url, { protocols: [protocol] });
      for (const frame of fc.sample(frames, perConnection)) socket.sendRaw(frame);
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
