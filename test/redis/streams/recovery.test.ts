import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { channelOf } from '../../../app/streams/library.js';
import { startHighAvailability } from '../support/high-availability.js';
import { Follower, Told } from '../support/follower.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { openStreams, type TestStreams } from '../support/streams.js';
import { waitFor } from '../support/wait-for.js';

const runs = Number(process.env.RUNS ?? 12);
const people = fc.nat({ max: 3 });
const processes = fc.nat({ max: 1 });

/** What may happen to a stream and to those who follow it. */
const step = fc.oneof(
  // Few at a time as a rule, so that places of one history are also places of the next.
  { weight: 6, arbitrary: publish(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 40 }))) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('follow' as const), who: people, at: processes }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('leave' as const), who: people }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('stall' as const), who: people }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('kill-pubsub' as const, 'kill-normal' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom('forget' as const, 'roll-back' as const, 'trim' as const) }),
  },
);

function publish(count: fc.Arbitrary<number>) {
  return fc.record({ does: fc.constant('publish' as const), count });
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** As a replica has it that was promoted before it got the last batch. */
const rollBack = `
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if not last then return end
redis.call('XDEL', KEYS[2], last[1])
redis.call('HSET', KEYS[1], 'top', string.format('%d', tonumber(string.match(last[1], '^%d+')) - tonumber(last[2][2])))`;

describe('whoever follows a stream', () => {
  let redis: RedisServer;
  let lastStream = 0;

  beforeAll(async () => {
    redis = await startRedis();
  });

  test(
    'has every chunk once and in order, or is told, whatever happens',
    async () => {
      const uri = `redis://${redis.address}`;
      const producer = await openStreams(uri);
      // One that has all chunks at hand, and one that has to read nearly all of them.
      const gateways = [await openStreams(uri), await openStreams(uri, { maxCachedBytes: 500 })];
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          const world = new World(redis, `s${(lastStream += 1)}`, producer, gateways);
          for (const one of steps) await world.take(one);
          await world.end();
        }),
        { numRuns: runs, endOnFailure: true },
      );
    },
    60_000 + runs * 5_000,
  );
});

test('through a failover from a killed primary nobody misses a chunk, or he is told', async () => {
  const stack = await startHighAvailability({ downAfterMs: 1_000 });
  const [producer, ...gateways] = [
    await openStreams(stack.uri),
    await openStreams(stack.uri),
    await openStreams(stack.uri),
  ];
  const told = new Told();
  const followers = Array.from({ length: 20 }, () => new Follower('answer', told));
  let [published, wanted] = [0, true];
  const publishing = (async () => {
    while (wanted) {
      // What could not be stored is sent again by its number, as a careful producer does.
      const request = { producer: 'p', sequence: published + 1 };
      const stored = await producer.streams.publish('answer', [published + 1], request).catch(() => undefined);
      if (stored !== undefined) published += 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  for (const [at, follower] of followers.entries()) await follower.follow(gateways[at % 2] as TestStreams);
  await waitFor('some chunks', () => published > 100);
  await stack.nodes[0]?.kill();
  const before = published;
  for (const [at, follower] of followers.entries()) {
    if (at % 3 === 0) await follower.follow(gateways[(at + 1) % 2] as TestStreams).catch(() => undefined);
  }
  await waitFor('chunks again', () => published > before + 200, { deadlineMs: 60_000 });
  wanted = false;
  await publishing;
  for (const [at, follower] of followers.entries()) {
    if (!follower.isFollowing) await follower.follow(gateways[at % 2] as TestStreams);
    await waitFor('the last chunk', () => follower.lastValue === published);
  }
  expect(told.violations).toEqual([]);
  // Told or not, nothing that was stored came twice, and nothing was left out in between.
  for (const { segments } of followers) expect(segments.length).toBeLessThanOrEqual(2);
}, 120_000);

/** One stream, its producer and four people who follow it through two processes. */
class World {
  private readonly told = new Told();
  private readonly people: readonly Follower[];
  private published = 0;

  constructor(
    private readonly redis: RedisServer,
    private readonly stream: string,
    private readonly producer: TestStreams,
    private readonly gateways: readonly TestStreams[],
  ) {
    this.people = Array.from({ length: 4 }, () => new Follower(stream, this.told));
  }

  async take(step: Step): Promise<void> {
    const who = 'who' in step ? this.people[step.who] : undefined;
    switch (step.does) {
      case 'publish':
        await this.publish(step.count);
        break;
      case 'follow':
        await who?.follow(this.gateways[step.at] as TestStreams);
        break;
      case 'leave':
        who?.leave();
        break;
      case 'stall':
        who?.stall();
        break;
      case 'wait':
        await this.caughtUp();
        break;
      case 'kill-pubsub':
      case 'kill-normal':
        await this.redis.cli('CLIENT', 'KILL', 'TYPE', step.does.slice('kill-'.length));
        break;
      case 'forget':
        await this.redis.cli('DEL', ...this.keys);
        break;
      case 'trim':
        await this.redis.cli('XTRIM', channelOf(`stream:${this.stream}`), 'MAXLEN', '1');
        break;
      case 'roll-back':
        await this.redis.cli('EVAL', rollBack, '2', ...this.keys);
        // A failover closes all connections.
        await this.redis.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
    }
  }

  /** Everybody comes back, and gets the rest. */
  async end(): Promise<void> {
    for (const [at, one] of this.people.entries()) await one.follow(this.gateways[at % 2] as TestStreams);
    await this.publish(1);
    await this.caughtUp();
    for (const one of this.people) one.leave();
    expect(this.told.violations).toEqual([]);
  }

  private async publish(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, at) => this.published + at + 1);
    this.published += count;
    await Promise.all(numbers.map((n) => this.producer.streams.publish(this.stream, [n])));
  }

  /** Those who follow and do not stall have the last chunk; where it is gone they may have to wait for the next. */
  private async caughtUp(): Promise<void> {
    const { offset } = (await this.producer.streams.history(this.stream, Number.MAX_SAFE_INTEGER)).state;
    if (offset === 0) return;
    const busy = this.people.filter(({ isFollowing, isStalled }) => isFollowing && !isStalled);
    for (const one of busy)
      await waitFor('the last chunk', () => one.offset >= offset || !one.isFollowing, { pollMs: 2 });
  }

  private get keys(): readonly string[] {
    const log = channelOf(`stream:${this.stream}`);
    return [log.replace(/:log$/, ':meta'), log];
  }
}
