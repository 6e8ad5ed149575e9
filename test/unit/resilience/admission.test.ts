import { expect, test } from '@jest/globals';
import { Admission } from '../../../app/resilience/admission.js';

test('admits up to a number of calls', () => {
  const admission = new Admission({ maxCalls: 2, maxBytes: 100 });
  const leave = admission.enter(0);
  expect(admission.enter(0)).toBeDefined();
  expect(admission.enter(0)).toBeUndefined();
  leave?.();
  expect(admission.enter(0)).toBeDefined();
});

test('admits up to a number of bytes, but a single large call too', () => {
  const admission = new Admission({ maxCalls: 10, maxBytes: 100 });
  const leave = admission.enter(500);
  expect(leave).toBeDefined();
  expect(admission.enter(1)).toBeUndefined();
  leave?.();
  expect(admission.enter(60)).toBeDefined();
  expect(admission.enter(41)).toBeUndefined();
  expect(admission.enter(40)).toBeDefined();
});

test('leaving twice counts once', () => {
  const admission = new Admission({ maxCalls: 5, maxBytes: 100 });
  const leave = admission.enter(10);
  admission.enter(20);
  leave?.();
  leave?.();
  expect(admission.inFlight).toEqual({ calls: 1, bytes: 20 });
});
