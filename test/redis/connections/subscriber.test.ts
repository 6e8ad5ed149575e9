import { describe, expect, test } from '@jest/globals';
import { connect, connectReady } from '../support/connect.js';
import { startRedis } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

const ignore = { onMessage: () => undefined };

describe('subscriptions', () => {
  test('messages reach all who listen to exactly that channel, as bytes and in order', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const got: string[] = [];
    await redis.subscribe('news', { onMessage: (message) => got.push(`one ${message.toString('hex')}`) });
    await redis.subscribe('news', { onMessage: (message) => got.push(`two ${message.toString('hex')}`) });
    await redis.subscribe('new?', { onMessage: () => got.push('a pattern') });
    expect(await redis.publish('news', Buffer.from([0, 255]))).toBe(1);
    expect(await redis.publish('news', 'a')).toBe(1);
    await waitFor('the messages', () => got.length >= 4);
    expect(got).toEqual(['one 00ff', 'two 00ff', 'one 61', 'two 61']);
  });

  test('all channels share one connection, which is opened for the first', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    expect(redis.status().roles.subscriber.status).toBe('idle');
    await Promise.all(Array.from({ length: 50 }, (_, at) => redis.subscribe(`channel-${at}`, ignore)));
    expect(redis.status().roles.subscriber.status).toBe('ready');
    const clients = (await server.cli('CLIENT', 'LIST', 'TYPE', 'pubsub')).split('\n');
    expect(clients).toEqual([expect.stringMatching(/name=moorline:test-pod:subscriber .*sub=50 /)]);
  });

  test('who ends a subscription gets nothing more; Redis hears of it with the last one', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const got: string[] = [];
    const endFirst = await redis.subscribe('news', { onMessage: () => got.push('first') });
    const endSecond = await redis.subscribe('news', { onMessage: () => got.push('second') });
    endFirst();
    await redis.publish('news', 'a');
    await waitFor('the message', () => got.length > 0);
    expect(got).toEqual(['second']);
    endSecond();
    endSecond();
    await waitFor('Redis hears of it', async () => (await redis.publish('news', 'b')) === 0);
    await redis.subscribe('news', { onMessage: () => got.push('third') });
    await redis.publish('news', 'c');
    await waitFor('the message', () => got.length > 1);
    expect(got).toEqual(['second', 'third']);
  });

  test('a handler that fails costs the others nothing', async () => {
    const server = await startRedis();
    const { redis, logged } = connect(`redis://${server.address}`);
    const got: string[] = [];
    await redis.subscribe('news', {
      onMessage: () => {
        throw new Error('a mistake of mine');
      },
    });
    await redis.subscribe('news', { onMessage: (message) => got.push(String(message)) });
    await redis.publish('news', 'a');
    await redis.publish('news', 'b');
    await waitFor('the messages', () => got.length === 2);
    expect(logged()).toContain('a mistake of mine');
  });

  test('after a lost connection all channels are subscribed again, and then the gap is told', async () => {
    const server = await startRedis();
    const redis = await connectReady(`redis://${server.address}`);
    const channels = Array.from({ length: 1_200 }, (_, at) => `channel-${at}`);
    const gaps: string[] = [];
    const got: string[] = [];
    await Promise.all(
      channels.map((channel) =>
        redis.subscribe(channel, {
          onMessage: (message) => got.push(String(message)),
          onGap: () => gaps.push(channel),
        }),
      ),
    );
    await server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await waitFor('the gaps', () => gaps.length === channels.length);
    expect(gaps.sort()).toEqual(channels.sort());
    // Whoever looks for itself in `onGap` has missed nothing from then on.
    await Promise.all(channels.map((channel) => redis.publish(channel, channel)));
    await waitFor('the messages', () => got.length >= channels.length);
    expect(got.sort()).toEqual(channels);
    expect(redis.status().roles.subscriber.reconnects).toBe(1);
  });

  test('without Redis a subscription fails at its deadline and is none later', async () => {
    const server = await startRedis({ args: ['--appendonly', 'yes'] });
    const redis = await connectReady(`redis://${server.address}`);
    await redis.subscribe('other', ignore);
    await server.kill();
    const failing = redis.subscribe('news', ignore, { deadlineMs: 200 });
    await expect(failing).rejects.toMatchObject({ code: 'redis_unavailable' });
    await server.start();
    await waitFor('all roles', () => redis.status().ready);
    await waitFor('the one that was there', async () => (await redis.publish('other', 'x')) === 1);
    expect(await redis.publish('news', 'x')).toBe(0);
  });

  test('a channel that the user may not listen to is refused, and the others stay', async () => {
    const server = await startRedis();
    await server.cli('ACL', 'SETUSER', 'ann', 'on', '>pass', '~*', '+@all', 'resetchannels', '&mine:*');
    const redis = await connectReady(`redis://ann@${server.address}`, { REDIS_PASSWORD: 'pass' });
    await redis.subscribe('mine:1', ignore);
    await expect(redis.subscribe('theirs', ignore)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('NOPERM'),
    });
    expect(redis.status().roles.subscriber).toMatchObject({ status: 'ready', reconnects: 0 });
  });
});
