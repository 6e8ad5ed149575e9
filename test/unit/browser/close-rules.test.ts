import { describe, expect, test } from '@jest/globals';
import { consequenceOf, delayMs } from '../../../browser/close-rules.js';
import { closeCodes, type CloseReason } from '../../../app/gateway/live/close-codes.js';

describe('after the gateway has closed a connection', () => {
  const expected: Readonly<Record<CloseReason, string>> = {
    shutdown: 'back',
    tokenExpired: 'back',
    slow: 'back',
    insufficientState: 'back',
    noPong: 'back',
    tooManyRequests: 'back later',
    badToken: 'stop',
    badFrame: 'stop',
    idle: 'back',
  };

  test.each(Object.entries(expected))('by %s, what follows is: %s', (reason, consequence) => {
    expect(consequenceOf(closeCodes[reason as CloseReason])).toBe(consequence);
  });

  test.each([
    [1001, 'back'],
    [1006, 'back'],
    [1009, 'stop'],
    [1011, 'back'],
    [3499, 'back'],
    [3999, 'stop'],
    [4499, 'back'],
    [4501, 'stop'],
  ])('%i means %s', (code, consequence) => {
    expect(consequenceOf(code)).toBe(consequence);
  });
});

test.each([
  [0, 'back', 1, 1_000],
  [0, 'back', 0.25, 250],
  [3, 'back', 1, 8_000],
  [50, 'back', 1, 30_000],
  [0, 'back later', 1, 8_000],
  [9, 'back later', 0.5, 15_000],
] as const)('after %i failures it comes %s after as long as chance says (%d): %i ms', (failures, what, random, ms) => {
  expect(delayMs(failures, what, random)).toBe(ms);
});
