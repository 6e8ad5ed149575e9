import { describe, expect, test } from '@jest/globals';
import { decideStart, readFrom } from '../../../app/streams/start.js';

const none = { epoch: '', offset: 0, ended: false };
const five = { epoch: 'e', offset: 5, ended: false };
const at = (epoch: string, offset: number) => ({ epoch, offset });

describe('where a subscription begins', () => {
  test.each([
    // wanted, state, first chunk at hand, start, recovered
    [at('', 0), none, undefined, at('', 0), true],
    [at('e', 3), none, undefined, at('', 0), false],
    [at('', 0), five, 1, at('e', 0), true],
    [at('', 0), five, 3, at('e', 2), false],
    [at('', 0), five, undefined, at('e', 5), false],
    [at('e', 3), five, 4, at('e', 3), true],
    [at('e', 5), five, undefined, at('e', 5), true],
    [at('e', 3), five, 5, at('e', 4), false],
    [at('e', 6), five, 1, at('e', 0), false],
    [at('old', 3), five, 1, at('e', 0), false],
    [at('old', 5), five, 1, at('e', 0), false],
    [at('', 2), five, 1, at('e', 0), false],
  ])('wanted %j of %j with chunk %s at hand: %j, recovered %s', (wanted, state, first, position, recovered) => {
    expect(decideStart(wanted, state, first)).toEqual({ position, recovered });
  });

  test.each([
    [at('e', 3), 3],
    [at('e', 9), 0],
    [at('old', 3), 0],
    [at('', 0), 0],
  ])('for %j the history is read from %s', (wanted, from) => {
    expect(readFrom(wanted, five)).toBe(from);
  });
});
