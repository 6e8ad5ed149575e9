import { describe, expect, test } from '@jest/globals';
import { GradientGate } from '../../../app/resilience/limiter/gradient-gate.js';
import { nextGradient, type GradientState } from '../../../app/resilience/limiter/gradient.js';

const bounds = { min: 4, max: 400 };

/** After so much work that took so long, with as much under way as may be. */
function after(count: number, tookMs: number, from: GradientState = { limit: 20 }): GradientState {
  let state = from;
  for (let n = 0; n < count; n += 1) state = nextGradient(state, tookMs, Math.floor(state.limit), bounds);
  return state;
}

describe('the gradient', () => {
  test('lets more be under way while work takes as long as ever, up to the most', () => {
    expect(after(10, 5).limit).toBeGreaterThan(20);
    expect(after(1_000, 5).limit).toBe(bounds.max);
  });

  test('lets less be under way when work takes longer than in the long run, down to the least', () => {
    const calm = after(1_000, 5);
    expect(after(5, 50, calm).limit).toBeLessThan(calm.limit);
    expect(after(60, 5_000, calm).limit).toBeLessThan(20);
  });

  test('changes nothing where less is under way than half of what may be', () => {
    expect(nextGradient({ limit: 20, longMs: 5 }, 5_000, 9, bounds).limit).toBe(20);
  });

  test('forgets a slow past when work has become quicker', () => {
    const slow = after(600, 100);
    expect(after(100, 1, slow).longMs).toBeLessThan(10);
  });
});

describe('the gate', () => {
  test('lets those who wait in by the order of their coming, as soon as something ends', () => {
    const gate = new GradientGate({ first: 2, min: 2, max: 2 });
    const entered: string[] = [];
    gate.enter();
    gate.enter();
    for (const name of ['a', 'b']) {
      gate.wait(() => {
        entered.push(name);
        gate.enter();
      });
    }
    expect([gate.hasRoom, entered]).toEqual([false, []]);
    gate.leave(1);
    expect([gate.hasRoom, entered]).toEqual([false, ['a']]);
    gate.leave(1);
    expect(entered).toEqual(['a', 'b']);
  });
});
