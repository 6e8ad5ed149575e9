import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { publicFence, queueOfShard, readFence, shardName } from '../../../../app/queue/sharding/shard-names.js';
import { readShapes } from '../../../../app/queue/sharding/shard-directory.js';
import { shardOf, shardOfJob } from '../../../../app/queue/sharding/shard-of.js';
import { queueNamePattern } from '../../../../app/queue/limits.js';

const shards = fc.integer({ min: 1, max: 64 });

describe('a job goes to a shard', () => {
  test('that there is, the same every time', () => {
    fc.assert(
      fc.property(fc.string(), shards, (text, count) => {
        const shard = shardOf(text, count);
        expect(shard).toBe(shardOf(text, count));
        expect(shard >= 0 && shard < count && Number.isInteger(shard)).toBe(true);
      }),
    );
  });

  test('and stays there, or goes to the new one, when one more is added', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 63 }), (text, count) => {
        expect([shardOf(text, count), count]).toContain(shardOf(text, count + 1));
      }),
    );
  });

  test.each([2, 3, 8, 64])('of %d that get even shares', (count) => {
    const shares = new Array<number>(count).fill(0);
    for (let n = 0; n < 1000 * count; n += 1) {
      const shard = shardOf(`job-${n}`, count);
      shares[shard] = (shares[shard] ?? 0) + 1;
    }
    expect(Math.min(...shares)).toBeGreaterThan(850);
    expect(Math.max(...shares)).toBeLessThan(1150);
  });

  test('that all of its key, or of its dedupe key, share', () => {
    const of = (id: string, rest = {}) => shardOfJob({ id, ...rest }, 64);
    const ids = Array.from({ length: 100 }, (_, n) => String(n));
    expect(new Set(ids.map((id) => of(id, { key: 'k' }))).size).toBe(1);
    expect(new Set(ids.map((id) => of(id, { dedupe: { key: 'k' } }))).size).toBe(1);
    expect(new Set(ids.map((id) => of(id))).size).toBeGreaterThan(40);
  });
});

test('the name of a shard is nobody else’s, and tells its queue', () => {
  fc.assert(
    fc.property(fc.stringMatching(queueNamePattern), fc.integer({ min: 1, max: 63 }), (queue, shard) => {
      const name = shardName(queue, shard);
      expect(queueNamePattern.test(name)).toBe(false);
      expect(queueOfShard(name)).toBe(queue);
      expect(shardName(queue, 0)).toBe(queue);
    }),
  );
});

test('a fence tells its shard, and those of later deliveries are larger numbers', () => {
  const tick = fc.integer({ min: 1e15, max: 9e15 });
  fc.assert(
    fc.property(tick, tick, fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 63 }), (one, other, a, b) => {
      const [first, second] = [publicFence(String(one), a), publicFence(String(other), b)];
      expect(readFence({ fence: first })).toEqual({ shard: a, fence: String(one) });
      if (one < other) expect(Number(first)).toBeLessThanOrEqual(Number(second));
    }),
  );
});

test('of the shapes of queues the one with the most shards is kept for claims', () => {
  const flat = ['a', '2', 'a:1', '1', 'a:3', '1', 'b:1', '1'];
  expect(Object.fromEntries(readShapes(flat))).toEqual({
    a: { open: 2, claimed: 4 },
    b: { open: 1, claimed: 2 },
  });
});
