import { describe, expect, test } from '@jest/globals';
import { Breaker } from '../../../app/resilience/breaker.js';
import { MoorlineError } from '../../../app/resilience/errors.js';
import { safely } from '../../../app/resilience/safely.js';
import { troubleOf } from '../../../app/resilience/trouble.js';

const withCode = (code: string): Error => Object.assign(new Error('low level'), { code });

describe('what an error of another library says', () => {
  test.each([
    [withCode('ECONNREFUSED'), 'service_unavailable'],
    [withCode('ENOTFOUND'), 'service_unavailable'],
    [Object.assign(new Error('bad gateway'), { status: 502 }), 'service_unavailable'],
    [Object.assign(new Error('slow down'), { statusCode: 429 }), 'quota_exceeded'],
    [new Error('ERR max requests limit exceeded. Limit: 500000'), 'quota_exceeded'],
    [new Error('Rate limit reached for model'), 'quota_exceeded'],
    [withCode('ETIMEDOUT'), 'deadline_exceeded'],
    [new DOMException('late', 'TimeoutError'), 'deadline_exceeded'],
    [new TypeError('fetch failed', { cause: withCode('ECONNRESET') }), 'service_unavailable'],
    [new MoorlineError('queue_paused', 'paused'), 'queue_paused'],
    [new Error('no such user'), undefined],
    ['a text', undefined],
    [undefined, undefined],
  ])('%p is %s', (error, code) => {
    expect(troubleOf(error, 'the model')?.code).toBe(code);
  });

  test('is told in words, with the time to wait where it has one', () => {
    const error = troubleOf(Object.assign(new Error('busy'), { status: 429, retryAfterMs: 7_000 }), 'the model');
    expect([error?.message, error?.options.retryAfterMs]).toEqual(['The model allows no more for now: busy', 7_000]);
  });
});

describe('safely', () => {
  test('answers what the operation answers', async () => {
    expect(await safely(({ attempt }) => Promise.resolve(attempt), { timeoutMs: 1_000 })).toBe(1);
  });

  test('tries again what was unavailable, as often as it may', async () => {
    const tries: number[] = [];
    const flaky = ({ attempt }: { readonly attempt: number }) => {
      tries.push(attempt);
      return attempt < 3
        ? Promise.reject(new MoorlineError('redis_unavailable', 'x', { retryAfterMs: 1 }))
        : Promise.resolve('ok');
    };
    expect(await safely(flaky, { timeoutMs: 30_000, retries: 2 })).toBe('ok');
    await expect(safely(flaky, { timeoutMs: 30_000, retries: 1 })).rejects.toMatchObject({ code: 'redis_unavailable' });
    expect(tries).toEqual([1, 2, 3, 1, 2]);
  });

  test.each([new Error('wrong'), new MoorlineError('quota_exceeded', 'full'), new MoorlineError('not_found', 'none')])(
    'does not try again after %s',
    async (error) => {
      let tries = 0;
      const fail = () => {
        tries += 1;
        return Promise.reject(error);
      };
      await expect(safely(fail, { timeoutMs: 30_000, retries: 5 })).rejects.toBe(error);
      expect(tries).toBe(1);
    },
  );

  test('gives up at the deadline, whatever the operation does, and says so to it', async () => {
    let signal: AbortSignal | undefined;
    const hang = (attempt: { readonly signal: AbortSignal }) => {
      signal = attempt.signal;
      return new Promise(() => undefined);
    };
    const error = { code: 'deadline_exceeded', message: expect.stringContaining('the model within 20 ms') };
    await expect(safely(hang, { timeoutMs: 20, name: 'the model' })).rejects.toMatchObject(error);
    expect(signal?.aborted).toBe(true);
  });

  test('does not begin a try for which there is no time', async () => {
    const fail = () => Promise.reject(new MoorlineError('redis_unavailable', 'away', { retryAfterMs: 60_000 }));
    await expect(safely(fail, { timeoutMs: 30_000, retries: 5 })).rejects.toMatchObject({ message: 'away' });
  });

  test('asks a breaker, which refuses at once after a long outage', async () => {
    const breaker = new Breaker({
      sampleMs: 60_000,
      leastCalls: 1,
      failedShare: 0.1,
      patienceMs: 0,
      openMs: 60_000,
      isFailure: () => true,
      refusal: (retryAfterMs) => new MoorlineError('service_unavailable', 'refused', { retryAfterMs }),
    });
    const down = () => Promise.reject(withCode('ECONNREFUSED'));
    for (let call = 0; call < 5 && breaker.state === 'closed'; call += 1) {
      await expect(safely(down, { timeoutMs: 1_000, breaker })).rejects.toMatchObject({ code: 'service_unavailable' });
    }
    await expect(safely(down, { timeoutMs: 1_000, breaker })).rejects.toMatchObject({ message: 'refused' });
  });
});
