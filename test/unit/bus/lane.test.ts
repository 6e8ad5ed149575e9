import { describe, expect, test } from '@jest/globals';
import { Lane, type Overflow } from '../../../app/bus/lane.js';

/** A lane whose handler waits until it is let go. */
function heldLane(overflow: Overflow) {
  const handled: number[] = [];
  let [dropped, letGo] = [0, (): void => undefined];
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const onDropped = (): void => {
    dropped += 1;
  };
  const lane = new Lane<number>(
    async (item) => {
      handled.push(item);
      await held;
    },
    { maxWaiting: 2, overflow, onDropped },
  );
  return {
    lane,
    handled,
    letGo: () => {
      letGo();
    },
    dropped: () => dropped,
  };
}

describe('a lane', () => {
  test('handles one message after the other, in their order', async () => {
    const { lane, handled, letGo } = heldLane('drop-oldest');
    for (const item of [1, 2, 3]) lane.push(item);
    expect(handled).toEqual([1]);
    letGo();
    await new Promise(setImmediate);
    expect(handled).toEqual([1, 2, 3]);
  });

  test.each([
    ['drop-oldest' as const, [1, 4, 5]],
    ['drop-newest' as const, [1, 2, 3]],
  ])('without room does %s, and counts it', async (overflow, expected) => {
    const { lane, handled, letGo, dropped } = heldLane(overflow);
    for (const item of [1, 2, 3, 4, 5]) lane.push(item);
    letGo();
    await new Promise(setImmediate);
    expect([handled, dropped()]).toEqual([expected, 2]);
  });
});
