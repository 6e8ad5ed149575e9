import { beforeAll, describe, expect, test } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { channelOf } from '../../../app/streams/library.js';
import { Streams } from '../../../app/streams/streams.js';
import { holdFirstAnswer } from '../support/held-answer.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { beginning, openStreams, read, values } from '../support/streams.js';
import { waitFor } from '../support/wait-for.js';

let redis: RedisServer;
const open = (options = {}) => openStreams(`redis://${redis.address}`, options);
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const metaOf = (stream: string) => channelOf(`stream:${stream}`).replace(/:log$/, ':meta');

beforeAll(async () => {
  redis = await startRedis();
});

describe('publishing', () => {
  test('counts chunks from 1 and keeps them for who comes later', async () => {
    const { streams } = await open();
    const first = await streams.publish('early', ['a', { b: 1 }]);
    expect(first).toEqual({ epoch: expect.stringMatching(/^[0-9a-f]{12}$/), offset: 2 });
    expect(await streams.publish('early', [null])).toEqual({ epoch: first.epoch, offset: 3 });
    expect(values(await read(streams, 'early'))).toEqual(['a', { b: 1 }, null]);
  });

  test('keeps the order of calls that nobody waits for, in few calls of Redis', async () => {
    const { streams, metrics } = await open();
    const all = await Promise.all(numbers(1, 2_000).map((n) => streams.publish('fast', [n])));
    expect(all.map(({ offset }) => offset)).toEqual(numbers(1, 2_000));
    expect(values(await read(streams, 'fast'))).toEqual(numbers(1, 2_000));
    const calls = await metrics.getSingleMetric('moorline_stream_publish_calls_total')?.get();
    expect(calls?.values[0]?.value).toBeLessThan(20);
  });

  test('stores a request once that its producer repeats', async () => {
    const { streams } = await open();
    const request = { producer: 'p', sequence: 1 };
    const first = await streams.publish('twice', [1, 2], request);
    await streams.publish('twice', [3], { producer: 'other', sequence: 1 });
    expect(await streams.publish('twice', [1, 2], request)).toEqual(first);
    expect(values(await read(streams, 'twice'))).toEqual([1, 2, 3]);
  });

  test('forgets producers before their number costs memory', async () => {
    const { streams } = await open();
    for (const n of numbers(1, 200)) await streams.publish('crowd', [n], { producer: `p${n}`, sequence: 1 });
    expect(Number(await redis.cli('HLEN', metaOf('crowd')))).toBeLessThan(80);
    expect(await streams.publish('crowd', [200], { producer: 'p200', sequence: 1 })).toMatchObject({ offset: 200 });
  });

  test('ends a stream, which then takes no more, and lives a little longer', async () => {
    const { streams } = await open({ keepEndedMs: 60_000 });
    const reader = await read(streams, 'over');
    await streams.publish('over', ['last'], { end: true });
    await waitFor('the end arrives', () => reader.ended());
    expect(values(reader)).toEqual(['last']);
    await expect(streams.publish('over', [1])).rejects.toMatchObject({ code: 'stream_ended' });
    expect(Number(await redis.cli('PTTL', channelOf('stream:over')))).toBeLessThanOrEqual(60_000);
    const late = await read(streams, 'over');
    expect([values(late), late.ended()]).toEqual([['last'], true]);
  });

  test('may end without a chunk, also a stream that had none', async () => {
    const { streams } = await open();
    const reader = await read(streams, 'empty');
    expect(await streams.publish('empty', [], { end: true })).toMatchObject({ offset: 0 });
    await waitFor('the end arrives', () => reader.ended());
    expect(values(reader)).toEqual([]);
  });

  test('gives every key a time to live', async () => {
    const { streams } = await open({ keepMs: 50_000 });
    await streams.publish('mortal', [1]);
    for (const key of [channelOf('stream:mortal'), metaOf('mortal')]) {
      const ttl = Number(await redis.cli('PTTL', key));
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(60_000);
    }
  });

  test('bounds the history in bytes', async () => {
    const { streams } = await open();
    const chunk = 'x'.repeat(260_000);
    for (const n of numbers(1, 75)) await streams.publish('large', [`${n}${chunk}`]);
    const used = Number(await redis.cli('MEMORY', 'USAGE', channelOf('stream:large'), 'SAMPLES', '0'));
    expect(used).toBeLessThan(20_000_000);
    const reader = await read(streams, 'large');
    expect([reader.recovered, reader.chunks.at(-1)?.offset]).toEqual([false, 75]);
    expect(reader.position.offset).toBe(75 - reader.chunks.length);
  });

  test.each([
    ['a name with a space', 'a b', [1]],
    ['no chunks', 'ok', []],
    ['what is not JSON', 'ok', [() => 1]],
    ['a chunk that is too large', 'ok', ['x'.repeat(300_000)]],
  ])('refuses %s', async (_, stream, chunks) => {
    const { streams } = await open();
    await expect(streams.publish(stream, chunks)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('following', () => {
  test('gets what was published before, then what comes, without a gap in between', async () => {
    const [{ streams: producer }, { streams }] = [await open(), await open()];
    const publishing = (async () => {
      for (const n of numbers(1, 300)) await producer.publish('flow', [n]);
    })();
    const readers = await Promise.all(numbers(1, 20).map(() => read(streams, 'flow')));
    await publishing;
    for (const reader of readers) {
      await waitFor('all chunks', () => reader.chunks.length >= 300);
      expect(values(reader)).toEqual(numbers(1, 300));
    }
  });

  test('misses nothing that overtakes the answer about what was there', async () => {
    const { streams: publisher, connections } = await open();
    const held = holdFirstAnswer(connections, () => publisher.publish('overtaken', [1, 2]));
    const streams = new Streams(held, { log: createLog({ level: 'silent' }) });
    const reader = await read(streams, 'overtaken');
    await waitFor('both', () => reader.chunks.length === 2);
    expect(values(reader)).toEqual([1, 2]);
    await streams.close();
  });

  test('goes on where the subscriber was', async () => {
    const { streams } = await open();
    const { epoch } = await streams.publish('resumed', numbers(1, 10));
    const reader = await read(streams, 'resumed', { epoch, offset: 7 });
    expect([reader.recovered, reader.position, values(reader)]).toEqual([true, { epoch, offset: 7 }, [8, 9, 10]]);
  });

  test('says when the history is another one, and begins at its beginning', async () => {
    const { streams } = await open();
    const { epoch } = await streams.publish('other', [1, 2]);
    const reader = await read(streams, 'other', { epoch: 'gone', offset: 2 });
    expect([reader.recovered, reader.position, values(reader)]).toEqual([false, { epoch, offset: 0 }, [1, 2]]);
  });

  test('of a stream that has expired is told so', async () => {
    const { streams } = await open();
    const reader = await read(streams, 'expired', { epoch: 'e', offset: 5 });
    expect([reader.recovered, reader.position]).toEqual([false, { epoch: '', offset: 0 }]);
    await streams.publish('expired', ['new']);
    await waitFor('the new chunk', () => reader.chunks.length === 1);
    expect(values(reader)).toEqual(['new']);
  });

  test('fills in what its connection has missed', async () => {
    const { streams, connections } = await open();
    const { streams: producer } = await open();
    const reader = await read(streams, 'cut');
    await producer.publish('cut', [1]);
    await waitFor('the first chunk', () => reader.chunks.length === 1);
    await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await Promise.all(numbers(2, 200).map((n) => producer.publish('cut', [n])));
    await waitFor('all chunks', () => reader.chunks.length === 200);
    expect(values(reader)).toEqual(numbers(1, 200));
    expect(connections.status().ready).toBe(true);
  });

  test('costs Redis a few reads when thousands come back at once', async () => {
    const { streams: producer } = await open();
    const { streams, metrics } = await open();
    const { epoch } = await producer.publish('storm', numbers(1, 500));
    await producer.publish('storm', numbers(501, 1_000));
    const readers = await Promise.all(
      numbers(1, 2_000).map((n) => read(streams, 'storm', { epoch, offset: (n * 37) % 1_000 })),
    );
    for (const reader of readers) {
      expect(reader.recovered).toBe(true);
      expect(reader.chunks.length).toBe(1_000 - reader.position.offset);
    }
    const reads = await metrics.getSingleMetric('moorline_stream_history_reads_total')?.get();
    expect(reads?.values[0]?.value).toBeLessThanOrEqual(20);
  });

  test('keeps its promise with a cache that holds next to nothing', async () => {
    const { streams } = await open({ maxCachedBytes: 1 });
    await streams.publish('small', numbers(1, 900));
    const reader = await read(streams, 'small');
    await streams.publish('small', numbers(901, 950));
    await waitFor('all chunks', () => reader.chunks.length === 950);
    expect(values(reader)).toEqual(numbers(1, 950));
  });

  test('is lost when its history is replaced under it', async () => {
    const { streams, metrics } = await open();
    const { streams: producer } = await open();
    await streams.publish('replaced', [1, 2, 3]);
    const reader = await read(streams, 'replaced');
    await redis.cli('DEL', channelOf('stream:replaced'), metaOf('replaced'));
    await producer.publish('replaced', ['new']);
    await waitFor('it is told', () => reader.lost());
    expect(await metrics.metrics()).toContain('moorline_stream_subscriptions_lost_total 1');
    expect(values(await read(streams, 'replaced', reader.subscription.position))).toEqual(['new']);
  });

  test('is told when a promoted replica lacks chunks that it has seen, and nobody gets their offsets anew', async () => {
    const { streams } = await open();
    const { epoch } = await streams.publish('behind', [1, 2, 3]);
    const reader = await read(streams, 'behind');
    // As a replica has it that was promoted before it got the last chunk.
    await redis.cli('HSET', metaOf('behind'), 'top', '2');
    await redis.cli('XDEL', channelOf('stream:behind'), '3-0');
    const next = await streams.publish('behind', ['after']);
    expect(next).toEqual({ epoch: expect.not.stringMatching(epoch), offset: 1 });
    await waitFor('it is told', () => reader.lost());
    expect(await read(streams, 'behind', { epoch, offset: 3 })).toMatchObject({ recovered: false });
  });

  test.each([
    ['live', false],
    ['after a lost connection', true],
  ])('is told when another chunk has the offset of one that it has seen, %s', async (_, isCut) => {
    const stream = `replaced-${String(isCut)}`;
    const [{ streams: lost }, { streams: promoted }, { streams }] = [await open(), await open(), await open()];
    for (const n of [1, 2, 3]) await lost.publish(stream, [n]);
    const reader = await read(streams, stream);
    // As a replica has it that was promoted before it got the last chunk; who publishes next has not seen that chunk either.
    await redis.cli('HSET', metaOf(stream), 'top', '2');
    await redis.cli('XDEL', channelOf(`stream:${stream}`), '3-0');
    await redis.cli('XSETID', channelOf(`stream:${stream}`), '2-0');
    if (isCut) await redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
    const { offset } = await promoted.publish(stream, ['other']);
    expect(offset).toBe(3);
    await waitFor('it is told', () => reader.lost());
    const again = await waitFor('it comes back', () =>
      read(streams, stream, { epoch: reader.position.epoch, offset: 3 }),
    );
    expect([again.recovered, values(again)]).toEqual([false, [1, 2, 'other']]);
  });

  test('holds no subscription of Redis for streams that nobody follows any more', async () => {
    const { streams } = await open();
    const reader = await read(streams, 'left', beginning);
    expect(await redis.cli('PUBSUB', 'CHANNELS', channelOf('stream:left'))).toBe(channelOf('stream:left'));
    reader.subscription.close();
    await waitFor('it is left', async () => (await redis.cli('PUBSUB', 'CHANNELS', channelOf('stream:left'))) === '');
  });
});
