import { describe, expect, test } from '@jest/globals';
import { outcomeOfError, outcomeOfResult, type Outcome } from '../../../app/queue/outcome.js';
import { limits } from '../../../app/queue/limits.js';

const cycle: { self?: object } = {};
cycle.self = cycle;
const explosive = new Proxy(
  {},
  {
    get() {
      throw new Error('boom');
    },
  },
);

describe('what a handler returns', () => {
  test.each<[string, unknown, object]>([
    ['nothing', undefined, { verdict: 'done' }],
    ['null', null, { verdict: 'done', resultJson: 'null' }],
    ['an object', { a: [1, 'é'] }, { verdict: 'done', resultJson: '{"a":[1,"é"]}' }],
    ['a date', new Date(0), { verdict: 'done', resultJson: '"1970-01-01T00:00:00.000Z"' }],
    ['as much as is allowed', 'x'.repeat(limits.maxResultBytes - 2), { verdict: 'done' }],
  ])('%s is done', (_, result, outcome) => {
    expect(outcomeOfResult(result)).toMatchObject(outcome);
  });

  test.each<[string, unknown, string]>([
    ['a cycle', cycle, 'invalid_result'],
    ['a BigInt', { n: 1n }, 'invalid_result'],
    ['a function', () => 1, 'invalid_result'],
    ['a symbol', Symbol('s'), 'invalid_result'],
    ['an object that explodes', explosive, 'invalid_result'],
    ['more than is allowed', 'x'.repeat(limits.maxResultBytes), 'result_too_large'],
    ['more bytes than characters', 'é'.repeat(limits.maxResultBytes / 2), 'result_too_large'],
  ])('%s fails for good', (_, result, code) => {
    expect(outcomeOfResult(result)).toMatchObject({ verdict: 'failed', retry: false, error: { code } });
  });
});

describe('what a handler throws', () => {
  test.each<[string, unknown, object]>([
    ['an error', new TypeError('no'), { verdict: 'failed', error: { message: 'no', code: 'TypeError' } }],
    [
      'an error with a code',
      Object.assign(new Error('no'), { code: 'ENOENT' }),
      { verdict: 'failed', error: { message: 'no', code: 'ENOENT' } },
    ],
    [
      'an error that asks for no retry',
      Object.assign(new Error('no'), { retry: false }),
      { verdict: 'failed', error: { message: 'no', code: 'Error' }, retry: false },
    ],
    [
      'an error that asks for a retry later',
      Object.assign(new Error('no'), { retryAfterMs: 1_500.2 }),
      { verdict: 'failed', error: { message: 'no', code: 'Error' }, retryAfterMs: 1_501 },
    ],
    [
      'a retry in the far future',
      { message: 'no', retryAfterMs: 1e300 },
      { verdict: 'failed', error: { message: 'no' }, retryAfterMs: limits.maxDelayMs },
    ],
    [
      'wishes of wrong types',
      { message: 7, code: {}, retry: 'no', retryAfterMs: -1 },
      { verdict: 'failed', error: { message: 'The handler threw a value of type object' } },
    ],
    [
      'an error of a class, with details',
      { message: 'no', class: 'rateLimited', retryAfterMs: 5, details: { of: [1] } },
      { verdict: 'failed', error: { message: 'no', details: { of: [1] } }, class: 'rateLimited', retryAfterMs: 5 },
    ],
    [
      'a class that does not exist, and details that JSON cannot say',
      { message: 'no', class: 'sometimes', details: cycle, stack: 7 },
      { verdict: 'failed', error: { message: 'no' } },
    ],
    ['a text', 'oops', { verdict: 'failed', error: { message: 'The handler threw "oops"' } }],
    ['nothing', undefined, { verdict: 'failed', error: { message: 'The handler threw a value of type undefined' } }],
    ['null', null, { verdict: 'failed', error: { message: 'The handler threw null' } }],
    ['an explosive', explosive, { verdict: 'failed', error: { message: 'The handler threw a value of type object' } }],
  ])('%s fails the attempt', (_, thrown, outcome) => {
    const { error, ...rest } = outcomeOfError(thrown) as Extract<Outcome, { verdict: 'failed' }>;
    expect({ ...rest, error: { ...error, stack: undefined } }).toEqual(outcome);
  });

  test('the stack of an error is kept', () => {
    expect(outcomeOfError(new Error('no'))).toMatchObject({
      error: { stack: expect.stringMatching(/^Error: no\n +at/) },
    });
  });

  test('no message is longer than is stored', () => {
    const outcome = outcomeOfError(new Error('x'.repeat(1_000_000)));
    expect(JSON.stringify(outcome).length).toBeLessThan(limits.maxErrorMessageBytes + limits.maxErrorStackBytes + 200);
  });
});
