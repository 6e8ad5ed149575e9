import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChunkCache } from '../../../app/streams/chunk-cache.js';
import { packChunks, unpackChunks } from '../../../app/streams/packed.js';

const chunks = (from: number, to: number, bytes = 10) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => ({ offset: from + at, json: Buffer.alloc(bytes) }));
const offsets = (list: readonly { readonly offset: number }[]) => list.map(({ offset }) => offset);

describe('chunks at hand', () => {
  test('are handed out from where one is, as far as they are without a gap', () => {
    const one = new ChunkCache(1e6).ofOneStream();
    one.add(chunks(1, 3));
    one.add(chunks(4, 5));
    one.add(chunks(9, 10));
    expect(offsets(one.after(0))).toEqual([1, 2, 3, 4, 5]);
    expect(offsets(one.after(3))).toEqual([4, 5]);
    expect(offsets(one.after(5))).toEqual([]);
    expect(offsets(one.after(8))).toEqual([9, 10]);
  });

  test('give way to others when there is no room, those used longest ago first', () => {
    const cache = new ChunkCache(250);
    const [old, used, young] = [cache.ofOneStream(), cache.ofOneStream(), cache.ofOneStream()];
    old.add(chunks(1, 10));
    used.add(chunks(1, 10));
    old.after(0);
    young.add(chunks(1, 10));
    expect([old, used, young].map((one) => one.after(0).length)).toEqual([10, 0, 10]);
  });

  test('never hold one chunk for another, whatever comes in which order', () => {
    const piece = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 50, max: 2_000 }), (pieces, budget) => {
        const one = new ChunkCache(budget).ofOneStream();
        for (const [from, length] of pieces) one.add(chunks(from, from + length));
        for (let after = 0; after <= 55; after += 1) {
          expect(offsets(one.after(after))).toEqual(offsets(one.after(after)).map((_, at) => after + 1 + at));
        }
      }),
    );
  });
});

test('packed chunks come out as they went in', () => {
  const text = fc.string().map((value) => Buffer.from(JSON.stringify(value)));
  fc.assert(
    fc.property(fc.array(text), fc.integer({ min: 1, max: 1e9 }), (texts, first) => {
      const out = unpackChunks(packChunks(texts), first);
      expect(out.map(({ json }) => json.toString())).toEqual(texts.map(String));
      expect(offsets(out)).toEqual(texts.map((_, at) => first + at));
    }),
  );
});
