import { describe, expect, test } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { Delivery } from '../../../app/worker/delivery.js';
import type { Outcome } from '../../../app/queue/outcome.js';
import type { Executor, JobContext } from '../../../app/worker/types.js';

const log = createLog({ level: 'silent' });
const job = {
  id: 'a',
  fence: '7',
  attempt: 2,
  maxAttempts: 3,
  priority: 0,
  enqueuedAt: 1,
  leaseUntil: 2,
  dataJson: '{}',
};
const delivery = (timeoutMs = 60_000, leaseMs = 60_000) => new Delivery('q', job, { leaseMs, timeoutMs, log });

/** Shows the context it got, and never ends. */
function endless(): { execute: Executor; context: () => JobContext | undefined } {
  let seen: JobContext | undefined;
  return {
    context: () => seen,
    execute: (_job, _queue, context) => {
      seen = context;
      return new Promise<Outcome>(() => undefined);
    },
  };
}

describe('a delivery', () => {
  test('gives the handler its attempt, fence and deadline, and tells its outcome', async () => {
    const before = Date.now();
    let seen: JobContext | undefined;
    const outcome = await delivery(5_000).run((_job, _queue, context) => {
      seen = context;
      return Promise.resolve({ verdict: 'done' });
    });
    expect(outcome).toEqual({ verdict: 'done' });
    expect(seen).toMatchObject({ attempt: 2, fence: '7' });
    expect(seen?.deadline).toBeGreaterThanOrEqual(before + 5_000);
    expect(seen?.signal.aborted).toBe(false);
  });

  test('a handler that takes too long is aborted and has failed, even when it goes on', async () => {
    const { execute, context } = endless();
    const one = delivery(5);
    expect(await one.run(execute)).toMatchObject({ verdict: 'failed', error: { code: 'timeout' } });
    expect(context()?.signal.aborted).toBe(true);
    expect(one.interruption).toBe('timeout');
  });

  test.each(['lease lost', 'stopping'] as const)('when it ends by "%s", the outcome is not told', async (why) => {
    const { execute, context } = endless();
    const one = delivery();
    const outcome = one.run(execute);
    one.end(why);
    expect(await outcome).toBeUndefined();
    expect(context()?.signal.aborted).toBe(true);
  });

  test('ended before it ran, it does not run', async () => {
    const { execute, context } = endless();
    const one = delivery();
    one.end('stopping');
    expect(await one.run(execute)).toBeUndefined();
    expect(context()).toBeUndefined();
  });

  test('its lease is over after its time, unless it was renewed', () => {
    const one = delivery(1_000, 60_000);
    expect(one.isLeaseOver).toBe(false);
    one.leaseRenewed(performance.now() - 60_001);
    expect(one.isLeaseOver).toBe(true);
    one.leaseRenewed(performance.now());
    expect(one.isLeaseOver).toBe(false);
  });
});
