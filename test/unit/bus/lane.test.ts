import { describe, expect, test } from '@jest/globals';
import { Lane, type Overflow } from '../../../app/bus/lane.js';
import { GradientGate } from '../../../app/resilience/limiter/gradient-gate.js';

const turn = () => new Promise(setImmediate);
const roomyGate = () => new GradientGate({ first: 20, min: 4, max: 400 });

/** A lane whose handler waits until it is let go; room for 2, or for 20 bytes: a message weighs as much as its number says. */
function heldLane(overflow: Overflow, gate = roomyGate()) {
  const handled: number[] = [];
  let [dropped, holds, letGo] = [0, 0, (): void => undefined];
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const lane = new Lane<number>(
    async (item) => {
      handled.push(item);
      await held;
    },
    {
      maxWaiting: 2,
      maxWaitingBytes: 20,
      bytesOf: (item) => item,
      overflow,
      onDropped: () => {
        dropped += 1;
      },
      hold: () => {
        holds += 1;
        return () => {
          holds -= 1;
        };
      },
      gate,
    },
  );
  return {
    lane,
    handled,
    letGo: () => {
      letGo();
    },
    dropped: () => dropped,
    holds: () => holds,
  };
}

describe('a lane', () => {
  test('handles one message after the other, in their order', async () => {
    const { lane, handled, letGo } = heldLane('drop-oldest');
    for (const item of [1, 2, 3]) lane.push(item);
    expect(handled).toEqual([1]);
    letGo();
    await turn();
    expect(handled).toEqual([1, 2, 3]);
  });

  test.each([
    ['drop-oldest' as const, [1, 4, 5], 2],
    ['drop-newest' as const, [1, 2, 3], 2],
    ['block' as const, [1, 2, 3, 4, 5], 0],
  ])('without room does %s, and counts what it drops', async (overflow, expected, lost) => {
    const { lane, handled, letGo, dropped } = heldLane(overflow);
    for (const item of [1, 2, 3, 4, 5]) lane.push(item);
    letGo();
    await turn();
    expect([handled, dropped()]).toEqual([expected, lost]);
  });

  test('is full by bytes as well', async () => {
    const { lane, handled, letGo } = heldLane('drop-newest');
    for (const item of [1, 30, 2]) lane.push(item);
    letGo();
    await turn();
    expect(handled).toEqual([1, 30]);
  });

  test('that blocks holds back what comes until there is room, and drops what comes all the same beyond a bound', async () => {
    const { lane, letGo, holds, dropped } = heldLane('block');
    for (const item of [1, 2, 3]) lane.push(item);
    expect(holds()).toBe(0);
    lane.push(4);
    expect(holds()).toBe(1);
    lane.push(2 * 1024 * 1024);
    lane.push(6);
    expect([holds(), dropped()]).toEqual([1, 1]);
    letGo();
    await turn();
    expect(holds()).toBe(0);
  });

  test('that is cleared holds nothing back and handles nothing more', async () => {
    const { lane, handled, letGo, holds } = heldLane('block');
    for (const item of [1, 2, 3, 4]) lane.push(item);
    lane.clear();
    letGo();
    await turn();
    expect([handled, holds()]).toEqual([[1], 0]);
  });

  test('whose handler takes its time waits for its turn among all lanes; one that ends at once does not', async () => {
    const gate = new GradientGate({ first: 1, min: 1, max: 1 });
    const [first, second] = [heldLane('drop-oldest', gate), heldLane('drop-oldest', gate)];
    // What a handler is like is known once it was called.
    for (const { lane } of [first, second]) for (const item of [1, 2]) lane.push(item);
    expect(gate.inFlight).toBe(2);
    first.letGo();
    await turn();
    expect(first.handled).toEqual([1]);
    second.letGo();
    await turn();
    expect([first.handled, second.handled, gate.inFlight]).toEqual([[1, 2], [1, 2], 0]);
  });
});
