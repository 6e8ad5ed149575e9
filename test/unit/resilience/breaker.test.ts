import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Breaker } from '../../../app/resilience/breaker.js';

class Refused extends Error {
  constructor(readonly retryAfterMs: number) {
    super('refused');
  }
}

class Down extends Error {}

const makeBreaker = () =>
  new Breaker({
    sampleMs: 20_000,
    leastCalls: 5,
    failedShare: 0.5,
    patienceMs: 8_000,
    openMs: 1_000,
    isFailure: (error) => error instanceof Down,
    refusal: (retryAfterMs) => new Refused(retryAfterMs),
  });

let breaker: Breaker;

beforeEach(() => {
  jest.useFakeTimers();
  breaker = makeBreaker();
});

afterEach(() => {
  jest.useRealTimers();
});

const down = () => Promise.reject(new Down());
const fine = () => Promise.resolve('fine');
/** What became of a call: its answer, or the error. */
const outcome = (work: () => Promise<unknown>) => breaker.run(work).catch((error: unknown) => error);

/** One call a time so long, for a while. Answers the outcome of the last one. */
async function callEvery(ms: number, forMs: number, work: () => Promise<unknown>): Promise<unknown> {
  let last: unknown;
  for (let passed = 0; passed < forMs; passed += ms) {
    last = await outcome(work);
    jest.advanceTimersByTime(ms);
  }
  return last;
}

/** Long enough down that it has opened. */
async function open(): Promise<void> {
  await callEvery(500, 12_000, down);
  expect(breaker.state).toBe('open');
}

describe('a breaker', () => {
  test('lets a failover pass: some seconds of failures refuse nobody', async () => {
    await callEvery(100, 30_000, fine);
    await callEvery(100, 6_000, down);
    expect(await outcome(fine)).toBe('fine');
    expect(breaker.state).toBe('closed');
  });

  test('lets a failover pass also when nothing had been called before', async () => {
    await callEvery(50, 6_000, down);
    expect(await outcome(fine)).toBe('fine');
  });

  test('refuses in a long outage, and says for how long', async () => {
    await callEvery(100, 30_000, fine);
    expect(await callEvery(100, 25_000, down)).toBeInstanceOf(Refused);
    // A call that fails opens it anew.
    jest.advanceTimersByTime(1_000);
    await outcome(down);
    jest.advanceTimersByTime(300);
    expect(await outcome(fine)).toMatchObject({ retryAfterMs: 700 });
  });

  test('takes errors of calls for answers', async () => {
    const wrong = () => Promise.reject(new TypeError('wrong'));
    expect(await callEvery(100, 30_000, wrong)).toBeInstanceOf(TypeError);
    expect(breaker.state).toBe('closed');
  });

  test('lets one call try after a while and refuses the others meanwhile, without waiting', async () => {
    await open();
    jest.advanceTimersByTime(1_000);
    let answer: (value: string) => void = () => undefined;
    const trying = breaker.run(() => new Promise<string>((resolve) => (answer = resolve)));
    expect(breaker.state).toBe('half-open');
    expect(await outcome(fine)).toBeInstanceOf(Refused);
    answer('back');
    expect(await trying).toBe('back');
    expect(breaker.state).toBe('closed');
    expect(await outcome(fine)).toBe('fine');
  });

  test('stays open when the call that tries fails, and tries again and again', async () => {
    await open();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      jest.advanceTimersByTime(1_000);
      expect(await outcome(down)).toBeInstanceOf(Down);
      expect(await outcome(fine)).toBeInstanceOf(Refused);
    }
    jest.advanceTimersByTime(1_000);
    expect(await outcome(fine)).toBe('fine');
    expect(breaker.state).toBe('closed');
  });

  test('closes at once when the other side is known to serve', async () => {
    await open();
    breaker.reset();
    expect(await outcome(fine)).toBe('fine');
  });

  test('does not stay open when the clock is set back', async () => {
    await open();
    jest.setSystemTime(Date.now() - 3_600_000);
    jest.advanceTimersByTime(3_000);
    await outcome(fine);
    expect(await outcome(fine)).toBe('fine');
  });
});
