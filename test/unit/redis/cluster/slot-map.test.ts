import { describe, expect, test } from '@jest/globals';
import { keySlot } from '../../../../app/redis/cluster/key-slot.js';
import { readSlots, SlotMap } from '../../../../app/redis/cluster/slot-map.js';

const node = (port: number) => ({ host: 'h', port });
const map = new SlotMap([
  { from: 0, to: 8000, primary: node(1), replicas: [node(3)] },
  { from: 8001, to: 16383, primary: node(2), replicas: [] },
]);

test.each([
  ['', 0],
  ['123456789', 12739],
  ['foo{}{bar}', 8363],
  ['foo{{bar}}zap', 4015],
])('the key %j is in the slot %d', (key, slot) => {
  expect(keySlot(key)).toBe(slot);
});

describe('the map of the slots', () => {
  test('knows the primary of each slot, and nobody for slots that nobody serves', () => {
    expect([0, 8000, 8001, 16383].map((slot) => map.primaryOf(slot)?.port)).toEqual([1, 1, 2, 2]);
    const half = new SlotMap(map.ranges.slice(0, 1));
    expect(half.primaryOf(9000)).toBeUndefined();
    expect([map.isComplete, half.isComplete]).toEqual([true, false]);
  });

  test('knows the primaries, all nodes, and a hash tag of each primary', () => {
    expect([...map.primaries.keys()]).toEqual(['h:1', 'h:2']);
    expect([...map.nodes.keys()]).toEqual(['h:1', 'h:3', 'h:2']);
    for (const [address, { port }] of map.primaries) {
      expect(map.primaryOf(keySlot(`key:{${map.tagOf(address) ?? ''}}`))?.port).toBe(port);
    }
    expect(map.tagOf('h:3')).toBeUndefined();
  });

  test('learns of one slot at a time', () => {
    const moved = map.with(5, node(9));
    expect([4, 5, 6].map((slot) => moved.primaryOf(slot)?.port)).toEqual([1, 9, 1]);
    expect([...moved.primaries.keys()]).toEqual(['h:1', 'h:2', 'h:9']);
  });

  test('is read from the reply of a node, which may not know its own address', () => {
    const reply = [
      [0, 5, ['', 7000, 'id', []], ['b', 7001, 'id', []]],
      [6, 9, [null, 7002, 'id', []]],
      [10, 11],
    ];
    expect(readSlots(reply, { host: 'asked', port: 1 })).toEqual([
      { from: 0, to: 5, primary: { host: 'asked', port: 7000 }, replicas: [{ host: 'b', port: 7001 }] },
      { from: 6, to: 9, primary: { host: 'asked', port: 7002 }, replicas: [] },
    ]);
  });
});
