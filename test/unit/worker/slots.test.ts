import { describe, expect, test } from '@jest/globals';
import { Slots } from '../../../app/worker/slots.js';

const never = new AbortController().signal;

describe('the slots of a worker', () => {
  test('as many are taken as are free, up to what was asked for', async () => {
    const slots = new Slots(3);
    expect(await slots.acquire(2, never)).toBe(2);
    expect(await slots.acquire(10, never)).toBe(1);
  });

  test('what is free may be taken without waiting, maybe nothing', () => {
    const slots = new Slots(2);
    expect([slots.take(1), slots.take(5), slots.take(5)]).toEqual([1, 1, 0]);
  });

  test('whoever waits first gets the next one', async () => {
    const slots = new Slots(1);
    await slots.acquire(1, never);
    const order: string[] = [];
    const first = slots.acquire(1, never).then(() => order.push('first'));
    const second = slots.acquire(1, never).then(() => order.push('second'));
    slots.release(1);
    await first;
    slots.release(1);
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  test('a waiter whose signal fires takes none and is passed over', async () => {
    const slots = new Slots(1);
    await slots.acquire(1, never);
    const impatience = new AbortController();
    const impatient = slots.acquire(1, impatience.signal);
    const patient = slots.acquire(1, never);
    impatience.abort();
    expect(await impatient).toBe(0);
    slots.release(1);
    expect(await patient).toBe(1);
  });

  test('a signal that has fired already takes what is free, and waits for nothing', async () => {
    const slots = new Slots(1);
    expect(await slots.acquire(1, AbortSignal.abort())).toBe(1);
    expect(await slots.acquire(1, AbortSignal.abort())).toBe(0);
  });
});
