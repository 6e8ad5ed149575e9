import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isMoorlineError } from '../../../app/resilience/errors.js';
import type { QueueSettings } from '../../../app/queue/settings.js';
import type { ClaimRequest, JobInput, Queues, SettleRequest } from '../../../app/queue/types.js';
import { openQueues } from '../support/queues.js';
import { brokenInvariants } from '../support/queue-state.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

/** So many calls are made of each method; more by RUNS. */
const numRuns = Number(process.env.RUNS ?? 60);
const timeoutMs = 60_000 + 1_000 * numRuns;

const names = ['a', 'b'];
// Values of the right types, so that each one is right, nearly right or far off.
const number = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 10 }) },
  fc.constantFrom(-1, 0.5, 1e9, 2 ** 53, 1e300, Number.NaN, Number.POSITIVE_INFINITY),
);
const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', '1', '') },
  fc.string({ unit: 'binary' }),
  fc.constantFrom('x'.repeat(300), 'a:b', '\0', '\ud800', 'ü', '{a}', '-inf', '*'),
);
const queue = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, text);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const backoff = fc.record({
  kind: fc.constantFrom('fixed', 'list', 'fullJitter'),
  delayMs: number,
  baseMs: number,
  maxMs: number,
});
const job = fc.record(
  {
    id: text,
    data: fc.jsonValue(),
    priority: number,
    delayMs: number,
    maxAttempts: number,
    timeoutMs: number,
    key: text,
    backoff,
    dedupe: fc.record({
      key: text,
      mode: fc.constantFrom('simple', 'throttle', 'debounce', 'keepLast', 'x'),
      ttlMs: maybe(number),
    }),
  },
  { requiredKeys: ['data'] },
) as fc.Arbitrary<JobInput>;
const claim = fc.record({
  max: number,
  leaseMs: fc.oneof(number, fc.constant(60_000)),
  worker: text,
}) as fc.Arbitrary<ClaimRequest>;
const delivery = { id: text, fence: text };
const settlements = fc.record(
  {
    done: fc.array(fc.record({ ...delivery, resultJson: maybe(fc.json()) }), { maxLength: 3 }),
    failed: fc.array(
      fc.record({
        ...delivery,
        error: fc.record({ message: text, code: maybe(text) }),
        retry: maybe(fc.boolean()),
        retryAfterMs: maybe(number),
      }),
      { maxLength: 3 },
    ),
    extend: fc.array(fc.record({ ...delivery, leaseMs: number }), { maxLength: 3 }),
    release: fc.array(fc.record(delivery), { maxLength: 3 }),
    claim,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<SettleRequest>;
const settings = fc.record(
  {
    durability: fc.constantFrom('memory', 'fsync', 'x'),
    maxAttempts: number,
    backoff,
    maxDataBytes: fc.constantFrom(-1, 5, 1_000),
    schema: fc.oneof(
      fc.constant({ type: 'number' }),
      fc.dictionary(fc.constantFrom('type', '$ref', 'items', 'pattern'), fc.jsonValue()),
    ),
    doneWindowMs: fc.oneof(number, fc.constant(5_000)),
    concurrency: number,
    ratePerSecond: number,
    burst: number,
    keyConcurrency: number,
    keyRatePerSecond: number,
    ageingMs: number,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<QueueSettings>;
const selection = fc.oneof(
  fc.record({ ids: fc.array(text, { maxLength: 3 }) }),
  fc.record({ fingerprint: text }),
  fc.constant({ all: true as const }),
);
const options = fc.record({ limit: number, ratePerSecond: number, dryRun: fc.boolean() }, { requiredKeys: [] });

/** A call of a method with arguments that it may or may not take. */
const calls: Readonly<Record<string, fc.Arbitrary<(queues: Queues) => Promise<unknown>>>> = {
  enqueue: fc.tuple(queue, fc.array(job, { maxLength: 4 })).map(
    ([name, jobs]) =>
      (q) =>
        q.enqueue(name, jobs),
  ),
  claim: fc.tuple(queue, claim).map(
    ([name, request]) =>
      (q) =>
        q.claim(name, request),
  ),
  settle: fc.tuple(queue, settlements).map(
    ([name, request]) =>
      (q) =>
        q.settle(name, request),
  ),
  configure: fc.tuple(queue, settings).map(
    ([name, some]) =>
      (q) =>
        q.configure(name, some),
  ),
  job: fc.tuple(queue, text).map(
    ([name, id]) =>
      (q) =>
        q.job(name, id),
  ),
  cancel: fc.tuple(queue, text).map(
    ([name, id]) =>
      (q) =>
        q.cancel(name, id),
  ),
  counts: queue.map((name) => (q) => q.counts(name)),
  pauseKey: fc.tuple(queue, text).map(
    ([name, key]) =>
      (q) =>
        q.pauseKey(name, key),
  ),
  resumeKey: fc.tuple(queue, text).map(
    ([name, key]) =>
      (q) =>
        q.resumeKey(name, key),
  ),
  empty: fc.tuple(queue, maybe(number)).map(
    ([name, limit]) =>
      (q) =>
        q.empty(name, limit),
  ),
  dead: fc.tuple(queue, fc.record({ limit: number, cursor: maybe(text), fingerprint: maybe(text) })).map(
    ([name, request]) =>
      (q) =>
        q.dead(name, request),
  ),
  replay: fc.tuple(queue, selection, options).map(
    ([name, some, how]) =>
      (q) =>
        q.replay(name, some, how),
  ),
  purge: fc.tuple(queue, selection, options).map(
    ([name, some, how]) =>
      (q) =>
        q.purge(name, some, how),
  ),
};

describe('arbitrary arguments', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis();
  });

  test(
    'are taken, or refused with an error of the catalogue; either leaves the queue whole',
    async () => {
      const { queues, connections } = await openQueues(`redis://${redis.address}`);
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(...Object.values(calls)), { minLength: 13, maxLength: 26 }),
          async (some) => {
            for (const call of some) {
              accepted += await call(queues).then(
                () => 1,
                (error: unknown) => {
                  if (!isMoorlineError(error) || error.code === 'internal') throw error;
                  return 0;
                },
              );
            }
            for (const name of names) expect(await brokenInvariants(connections, name)).toEqual([]);
          },
        ),
        { numRuns },
      );
      expect(accepted).toBeGreaterThan(numRuns);
    },
    timeoutMs,
  );
});
