import { describe, expect, test } from '@jest/globals';
import { Slots } from '../../../app/worker/slots.js';

describe('the slots of a worker', () => {
  test('as many are taken as are free, up to what was asked for', async () => {
    const slots = new Slots(3);
    expect(await slots.acquire(2).granted).toBe(2);
    expect(await slots.acquire(10).granted).toBe(1);
  });

  test('what is free may be taken without waiting, maybe nothing', () => {
    const slots = new Slots(2);
    expect([slots.take(1), slots.take(5), slots.take(5)]).toEqual([1, 1, 0]);
  });

  test('fewer than are taken lets nobody in until enough are given back, and more lets them in at once', async () => {
    const slots = new Slots(3);
    slots.take(3);
    slots.resize(1);
    const { granted } = slots.acquire(2);
    slots.release(2);
    expect([slots.isFull, slots.take(5)]).toEqual([true, 0]);
    slots.release(1);
    expect(await granted).toBe(1);
    const more = slots.acquire(9);
    slots.resize(4);
    expect(await more.granted).toBe(3);
  });

  test('whoever waits first gets the next one', async () => {
    const slots = new Slots(1);
    slots.take(1);
    const order: string[] = [];
    const first = slots.acquire(1).granted.then(() => order.push('first'));
    const second = slots.acquire(1).granted.then(() => order.push('second'));
    slots.release(1);
    await first;
    slots.release(1);
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  test('a waiter who gives up takes none and is passed over', async () => {
    const slots = new Slots(1);
    slots.take(1);
    const impatient = slots.acquire(1);
    const patient = slots.acquire(1);
    impatient.giveUp();
    expect(await impatient.granted).toBe(0);
    slots.release(1);
    expect(await patient.granted).toBe(1);
  });

  test('giving up what was granted already keeps it, and takes nobody out of the line', async () => {
    const slots = new Slots(1);
    const served = slots.acquire(1);
    const patient = slots.acquire(1);
    served.giveUp();
    expect(await served.granted).toBe(1);
    slots.release(1);
    expect(await patient.granted).toBe(1);
  });
});
