import { expect, test } from '@jest/globals';
import { Bell } from '../../../../app/redis/cluster/bell.js';

test('a wait ends with the ring of one of its doorbells', async () => {
  const bell = new Bell();
  const waiting = bell.wait(['a', 'b'], 60_000);
  bell.ring('other');
  bell.ring('b');
  expect(await waiting).toBe('b');
});

test('what rang between two waits is heard by the next one, once', async () => {
  const bell = new Bell();
  bell.ring('a');
  bell.ring('a');
  expect(await bell.wait(['a'], 60_000)).toBe('a');
  expect(await bell.wait(['a'], 1)).toBeUndefined();
});

test('a wait can be ended', async () => {
  const bell = new Bell();
  const waiting = bell.wait(['a'], 60_000);
  bell.wake();
  expect(await waiting).toBeUndefined();
});

test('of too many rings the oldest are forgotten', async () => {
  const bell = new Bell();
  for (let n = 0; n <= 10_000; n += 1) bell.ring(String(n));
  expect(await bell.wait(['0'], 1)).toBeUndefined();
  expect(await bell.wait(['1'], 1)).toBe('1');
});
