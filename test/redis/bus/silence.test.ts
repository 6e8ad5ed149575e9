import { describe, test } from '@jest/globals';
import { startHighAvailability } from '../support/high-availability.js';
import { openBus, valueOf } from '../support/bus.js';
import { startProxy } from '../support/proxy.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

describe('a subscription', () => {
  test('that hears nothing although its connection answers is found by what is published, and made anew', async () => {
    const before = await startRedis();
    const after = await startRedis({ config: [`replicaof 127.0.0.1 ${before.port}`] });
    const proxy = await startProxy(before.port);
    const { bus, connections, metrics } = await openBus(`redis://127.0.0.1:${proxy.port}`, 'moved');
    const got: string[] = [];
    const gaps: string[] = [];
    await bus.subscribe('news', ({ json }) => void got.push(json.toString()), { onGap: () => gaps.push('gap') });
    await waitFor('messages come through', () => bus.failure === undefined);
    await waitFor('the replica has it all', async () => /state=online/.test(await before.cli('INFO', 'replication')));
    await waitFor('its copy is whole', async () =>
      /master_link_status:up/.test(await after.cli('INFO', 'replication')),
    );
    await after.cli('REPLICAOF', 'NO', 'ONE');
    // The address leads elsewhere now, and all connections but that of the subscriptions are made anew.
    proxy.leadTo(after.port);
    await before.cli('CLIENT', 'KILL', 'TYPE', 'normal');
    await waitFor('commands go to the other server', () => connections.reconnects === 1);
    await waitFor('the silence is found', async () => (await valueOf(metrics, 'moorline_bus_silences_total')) >= 1);
    await waitFor('messages come through', () => bus.failure === undefined && gaps.length > 0);
    await bus.publish('news', 'heard');
    await waitFor('the message', () => got.length === 1);
  });

  test('of topics and of the own server survives a failover from a frozen primary', async () => {
    const stack = await startHighAvailability({ downAfterMs: 1_000 });
    const { nodes, uri } = stack;
    const [{ bus: one }, { bus: two, connections }] = [await openBus(uri, 'one'), await openBus(uri, 'two')];
    const got: unknown[] = [];
    await two.subscribe('news', ({ json }) => void got.push(json.toString()));
    one.start();
    two.answer('echo', (data) => data);
    await waitFor('messages come through', () => one.failure === undefined && two.failure === undefined);
    nodes[0]?.freeze();
    await waitFor('another primary', async () => (await stack.primary()).port !== nodes[0]?.port, {
      deadlineMs: 60_000,
    });
    await waitFor('messages come through', () => one.failure === undefined && connections.status().ready);
    await waitFor('a message', async () => {
      await one.publish('news', 'after');
      return got.length > 0;
    });
    await waitFor('an answer', async () => (await one.request('two', 'echo', 7, { timeoutMs: 2_000 })) === 7);
    nodes[0]?.thaw();
  });
});
