import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { queueKey } from '../../../app/queue/keys.js';
import { verdicts } from '../../../app/queue/settlement.js';
import type { ClaimedJob, SettleRequest } from '../../../app/queue/types.js';
import type { MoorlineError } from '../../../app/resilience/errors.js';
import { brokenInvariants, forgetHints, readZset } from '../support/queue-state.js';
import { openQueues, type TestQueues } from '../support/queues.js';
import { startRedis } from '../support/redis-server.js';
import { QueueModel, type ModelSettlement } from './queue-model.js';

const runs = Number(process.env['RUNS'] ?? 50);

const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
const keys = ['k', 'l'] as const;
const job = fc.record({
  id: fc.constantFrom(...ids),
  priority: fc.constantFrom(0, 4, 9),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  delayed: fc.boolean(),
  key: fc.constantFrom(undefined, ...keys),
  dedupe: fc.option(fc.constant('once'), { nil: undefined, freq: 8 }),
});
const settlement = fc.record({ verdict: fc.constantFrom(...verdicts), delivery: fc.nat(), retryNow: fc.boolean() });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('enqueue' as const), jobs: fc.array(job, { minLength: 1, maxLength: 4 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('turn' as const),
      settlements: fc.array(settlement, { maxLength: 4 }),
      max: fc.integer({ min: 0, max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('expire' as const, 'purge' as const, 'cancel' as const), at: fc.nat() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('pauseKey' as const, 'resumeKey' as const),
      key: fc.constantFrom(...keys),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('makeDue' as const, 'pause' as const, 'resume' as const, 'replay' as const, 'empty' as const),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe('the queue and its model', () => {
  test(
    `agree after any steps (${runs} random histories)`,
    async () => {
      const server = await startRedis();
      const redis = await openQueues(`redis://${server.address}`);
      let histories = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          histories += 1;
          const history = new History(redis, `model-${histories}`);
          for (const one of steps) await history.take(one);
        }),
        { numRuns: runs },
      );
    },
    60_000 + runs * 500,
  );
});

/** One queue beside its model. */
class History {
  private readonly model = new QueueModel();
  private readonly deliveries: ClaimedJob[] = [];

  constructor(
    private readonly redis: TestQueues,
    private readonly queue: string,
  ) {}

  async take(step: Step): Promise<void> {
    await this.act(step);
    expect(await brokenInvariants(this.redis.connections, this.queue)).toEqual([]);
    const count = (state: 'ready' | 'blocked' | 'delayed' | 'leased' | 'dead') => this.model.in(state).length;
    expect(await this.redis.queues.counts(this.queue)).toMatchObject({
      ready: count('ready'),
      blocked: count('blocked'),
      delayed: count('delayed'),
      leased: count('leased'),
      dead: count('dead'),
      paused: this.model.paused,
      totals: { done: this.model.done.size, cancelled: this.model.cancelled.size },
    });
  }

  private async act(step: Step): Promise<void> {
    const { queues } = this.redis;
    switch (step.do) {
      case 'enqueue': {
        const expected = this.model.enqueue(step.jobs);
        const jobs = step.jobs.map(({ delayed, key, dedupe, ...rest }) => ({
          ...rest,
          data: rest.id,
          ...(delayed ? { delayMs: 3_600_000 } : {}),
          ...(key === undefined ? {} : { key }),
          ...(dedupe === undefined ? {} : { dedupe: { key: dedupe, mode: 'simple' as const } }),
        }));
        const receipt = await queues.enqueue(this.queue, jobs);
        expect(receipt.jobs.map(({ status }) => status)).toEqual(expected);
        return;
      }
      case 'turn':
        await this.turn(step);
        return;
      case 'expire':
        await this.expire(step.at);
        return;
      case 'purge': {
        const id = ids[step.at % ids.length] ?? 'a';
        const purged = this.model.purge(id);
        expect(await queues.purge(this.queue, { ids: [id] }, {})).toEqual({ matched: purged, purged });
        return;
      }
      case 'cancel': {
        const id = ids[step.at % ids.length] ?? 'a';
        const answer = await queues.cancel(this.queue, id).then(
          ({ state }) => state,
          (error: unknown) => (error as MoorlineError).code,
        );
        expect(answer).toBe(this.model.cancel(id));
        return;
      }
      case 'makeDue':
        await this.makeDue();
        return;
      case 'pause':
      case 'resume':
        this.model.paused = step.do === 'pause';
        await queues[step.do](this.queue);
        return;
      case 'pauseKey':
      case 'resumeKey':
        this.model[step.do](step.key);
        await queues[step.do](this.queue, step.key);
        return;
      case 'empty':
        expect(await queues.empty(this.queue)).toBe(this.model.empty());
        return;
      case 'replay':
        await this.replay();
    }
  }

  private async turn({ settlements, max }: Extract<Step, { do: 'turn' }>): Promise<void> {
    const chosen = settlements.flatMap(({ verdict, delivery, retryNow }): ModelSettlement[] => {
      const job = this.deliveries[delivery % Math.max(1, this.deliveries.length)];
      return job === undefined ? [] : [{ verdict, id: job.id, fence: job.fence, retryNow }];
    });
    // Nothing to do is not sent.
    if (chosen.length === 0 && max === 0) return;
    const ordered = verdicts.flatMap((verdict) => chosen.filter((one) => one.verdict === verdict));
    const { accepted, claimed } = this.model.turn(ordered, max);
    const answer = await this.redis.queues.settle(this.queue, requestOf(ordered, max));
    expect(answer.rejected).toEqual(
      ordered.filter((_, at) => accepted[at] !== true).map(({ id, fence }) => ({ id, fence, reason: 'stale' })),
    );
    expect(answer.jobs.map(({ id, attempt }) => ({ id, attempt }))).toEqual(
      claimed.map(({ id, attempts }) => ({ id, attempt: attempts + 1 })),
    );
    for (const [at, job] of claimed.entries()) job.fence = answer.jobs[at]?.fence;
    const fences = this.deliveries.map(({ fence }) => fence);
    expect(answer.jobs.filter(({ fence }) => fences.includes(fence))).toEqual([]);
    this.deliveries.push(...answer.jobs);
  }

  /** The deadline of one lease is moved to the past: faster than waiting for it, and the same to Redis. */
  private async expire(at: number): Promise<void> {
    const leased = this.model.in('leased');
    const job = leased[at % Math.max(1, leased.length)];
    if (job === undefined) return;
    job.expired = true;
    await this.redis.connections.command(['ZADD', queueKey(this.queue, 'lease'), 'XX', 1, job.id]);
    await forgetHints(this.redis.connections, this.queue);
  }

  private async makeDue(): Promise<void> {
    for (const job of this.model.in('delayed')) job.due = 0;
    const key = queueKey(this.queue, 'delayed');
    for (const [id, score] of await readZset(this.redis.connections, key)) {
      await this.redis.connections.command(['ZADD', key, 'XX', score % 10, id]);
    }
    await forgetHints(this.redis.connections, this.queue);
  }

  private async replay(): Promise<void> {
    const dead = await this.redis.queues.dead(this.queue, { limit: 100 });
    const inOrder = dead.jobs.map(({ id }) => id);
    expect([...inOrder].sort()).toEqual(
      this.model
        .in('dead')
        .map(({ id }) => id)
        .sort(),
    );
    const replayed = this.model.replay(inOrder);
    expect(await this.redis.queues.replay(this.queue, { all: true }, {})).toEqual({ matched: replayed, replayed });
  }
}

function requestOf(settlements: readonly ModelSettlement[], max: number): SettleRequest {
  const of = (verdict: string) => settlements.filter((one) => one.verdict === verdict);
  return {
    progress: of('progress').map(({ id, fence }) => ({ id, fence, progressJson: '1', log: 'a line' })),
    done: of('done'),
    failed: of('failed').map(({ id, fence, retryNow }) => ({
      id,
      fence,
      error: { message: 'no luck' },
      retryAfterMs: retryNow ? 0 : 3_600_000,
    })),
    extend: of('extend').map(({ id, fence }) => ({ id, fence, leaseMs: 3_600_000 })),
    release: of('release'),
    ...(max === 0 ? {} : { claim: { max, leaseMs: 3_600_000, worker: 'w' } }),
  };
}
