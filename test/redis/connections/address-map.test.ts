import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectReady } from '../support/connect.js';
import { startHighAvailability, type HighAvailability } from '../support/high-availability.js';
import { startProxy } from '../support/proxy.js';
import { waitFor } from '../support/wait-for.js';

/** A Sentinel that was held up does nothing for half a minute (TILT). */
const generous = { deadlineMs: 90_000 };

let cluster: HighAvailability;
beforeAll(async () => {
  cluster = await startHighAvailability();
});
afterAll(() => cluster.stop());

test('servers are reached where the map says, not where Sentinel says, also after a failover', async () => {
  const ways = await Promise.all(
    cluster.nodes.map(async ({ address, port }) => ({ address, proxy: await startProxy(port) })),
  );
  const map = ways.map(({ address, proxy }) => `${address}=127.0.0.1:${proxy.port}`).join();
  const redis = await connectReady(cluster.uri, { REDIS_ADDRESS_MAP: map });
  const before = redis.status().primary;
  expect(before).toBe((await cluster.primary()).address);

  await waitFor(
    'the other primary',
    async () => {
      // A Sentinel refuses, or gives up, as long as it has not heard of the replicas lately.
      if ((await cluster.primary()).address === before) {
        await cluster.sentinels[0]?.cli('SENTINEL', 'FAILOVER', cluster.primaryName).catch(() => undefined);
      }
      const { ready, primary } = redis.status();
      return ready && primary !== before;
    },
    generous,
  );
  expect(await redis.command(['PING'])).toEqual(Buffer.from('PONG'));

  // Whatever is said goes through the proxies: one of them hears it and hangs up.
  for (const { proxy } of ways) proxy.endOn('overheard');
  await expect(redis.command(['ECHO', 'overheard'])).rejects.toMatchObject({ code: 'redis_unavailable' });
}, 120_000);
