import type { RedisConnections } from '../../redis/types.js';
import { isMoorlineError, MoorlineError } from '../../resilience/errors.js';
import { limits } from '../limits.js';
import type { RedisQueues } from '../queues.js';
import type { QueueSettings, SettingsView } from '../settings.js';
import type {
  BeatAnswer,
  CancelOptions,
  Cancelled,
  ClaimedJob,
  ClaimRequest,
  DeadAuditEntry,
  DeadGroups,
  DeadOptions,
  DeadPage,
  DeadPageRequest,
  DeadPurged,
  DeadReplayed,
  DeadSelection,
  EnqueueReceipt,
  JobInput,
  JobView,
  QueueCounts,
  Queues,
  SettleRequest,
  SettleResult,
  WorkWait,
} from '../types.js';
import { checkInteger, checkQueueName } from '../validate.js';
import { joinGroups, joinReplayed } from './merge-dead.js';
import { joinCounts, joinPages, splitPage, sumFields } from './merge.js';
import { ShardDirectory, type Shape } from './shard-directory.js';
import { queueOfShard, shardName, withPublicFence } from './shard-names.js';
import { shardOfJob } from './shard-of.js';
import { ShardedClaims } from './sharded-claims.js';

/**
 * Queues that may be spread over several shards, each of which is a queue of its own with keys of its own slot. A queue
 * without shards is passed on after one look into a map.
 */
export class ShardedQueues implements Queues {
  private readonly directory: ShardDirectory;
  private readonly claims: ShardedClaims;

  constructor(
    private readonly inner: RedisQueues,
    connections: Pick<RedisConnections, 'command'>,
  ) {
    this.directory = new ShardDirectory(connections);
    this.claims = new ShardedClaims(inner, this.directory);
  }

  async enqueue(queue: string, jobs: readonly JobInput[]): Promise<EnqueueReceipt> {
    const shape = await this.shapeOf(queue);
    if (shape === undefined || shape.open === 1) return this.inner.enqueue(queue, jobs);
    return this.inner.enqueueOver(queue, jobs, (job) => shardName(queue, shardOfJob(job, shape.open)));
  }

  async claim(queue: string, request: ClaimRequest): Promise<readonly ClaimedJob[]> {
    const shape = await this.shapeOf(queue);
    return shape === undefined ? this.inner.claim(queue, request) : this.claims.claim(queue, request);
  }

  async settle(queue: string, request: SettleRequest): Promise<SettleResult> {
    const shape = await this.shapeOf(queue);
    return shape === undefined ? this.inner.settle(queue, request) : this.claims.settle(queue, request);
  }

  async waitForWork(queue: string, wait: WorkWait): Promise<boolean> {
    await this.shapeOf(queue);
    return this.claims.waitForWork(queue, wait);
  }

  passOn(queue: string): void {
    if (this.directory.shapeOf(queue) === undefined) this.inner.passOn(queue);
    else this.claims.passOn(queue);
  }

  /** A worker has its leases in any of the shards. */
  async beat(queue: string, worker: string, options?: { readonly isLeaving?: boolean }): Promise<BeatAnswer> {
    const shards = await this.shardsOf(queue);
    const answers = await Promise.all(shards.map((shard) => this.inner.beat(shard, worker, options)));
    return {
      isNew: answers.some(({ isNew }) => isNew),
      cancelling: answers.reduce((total, { cancelling }) => total + cancelling, 0),
    };
  }

  names(): Promise<readonly string[]> {
    return this.inner.names();
  }

  async counts(queue: string): Promise<QueueCounts> {
    const shards = await this.shardsOf(queue);
    if (shards.length === 1) return this.inner.counts(queue);
    return joinCounts(queue, await Promise.all(shards.map((shard) => this.inner.counts(shard))));
  }

  async job(queue: string, id: string): Promise<JobView | undefined> {
    const shards = await this.shardsOf(queue);
    const views = await Promise.all(shards.map((shard) => this.inner.job(shard, id)));
    const shard = views.findIndex((view) => view !== undefined);
    const view = views[shard];
    if (view === undefined || shard === 0) return view;
    return view.state === 'leased' ? { ...withPublicFence(view, shard), queue } : { ...view, queue };
  }

  async cancel(queue: string, id: string, options?: CancelOptions): Promise<Cancelled> {
    const shards = await this.shardsOf(queue);
    const outcomes = await Promise.allSettled(shards.map((shard) => this.inner.cancel(shard, id, options)));
    const done = outcomes.find((outcome) => outcome.status === 'fulfilled');
    if (done !== undefined) return done.value;
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
    // Those that do not know the job have nothing to say.
    throw errors.find((error) => !isMoorlineError(error) || error.code !== 'not_found') ?? errors[0] ?? noShard(queue);
  }

  async settings(queue: string): Promise<SettingsView> {
    checkQueueName(queue);
    return this.inner.settings(queue);
  }

  /** Shards have the settings before they get jobs. The first shard, which is the queue itself, has them last: then all have. */
  async configure(queue: string, settings: QueueSettings): Promise<SettingsView> {
    checkQueueName(queue);
    await this.directory.refresh();
    const { shards: open = 1 } = settings;
    const before = this.directory.shapeOf(queue)?.claimed ?? 1;
    const others = shardNames(queue, Math.max(open, before)).slice(1);
    if (others.length === 0) return this.inner.configure(queue, settings);
    const { paused, draining } = await this.inner.counts(queue);
    for (const shard of others) {
      await this.inner.configure(shard, settings);
      if (draining) await this.inner.drain(shard);
      else if (paused) await this.inner.pause(shard);
    }
    await this.directory.addShards(others);
    const view = await this.inner.configure(queue, settings);
    await this.directory.setOpen(queue, open);
    return view;
  }

  async pause(queue: string): Promise<void> {
    await this.eachShard(queue, (shard) => this.inner.pause(shard));
  }

  async resume(queue: string): Promise<void> {
    await this.eachShard(queue, (shard) => this.inner.resume(shard));
  }

  async drain(queue: string): Promise<void> {
    await this.eachShard(queue, (shard) => this.inner.drain(shard));
  }

  /** In all of them: older jobs of the key may be in another one than those to come. */
  async pauseKey(queue: string, key: string): Promise<void> {
    await this.eachShard(queue, (shard) => this.inner.pauseKey(shard, key));
  }

  async resumeKey(queue: string, key: string): Promise<void> {
    await this.eachShard(queue, (shard) => this.inner.resumeKey(shard, key));
  }

  async empty(queue: string, limit: number = limits.maxEmptied): Promise<number> {
    let removed = 0;
    for (const shard of await this.shardsOf(queue)) {
      if (removed < limit) removed += await this.inner.empty(shard, limit - removed);
    }
    return removed;
  }

  async dead(queue: string, request: DeadPageRequest): Promise<DeadPage> {
    const shards = await this.shardsOf(queue);
    if (shards.length === 1) return this.inner.dead(queue, request);
    let page = await this.deadPage(queue, shards.length, request);
    // Some shards have none, and a small page does not ask all: nothing found so far does not mean that there is nothing.
    for (let pages = 1; page.jobs.length === 0 && page.cursor !== undefined && pages < shards.length; pages += 1) {
      page = await this.deadPage(queue, shards.length, { ...request, cursor: page.cursor });
    }
    return page;
  }

  async deadGroups(queue: string, limit: number): Promise<DeadGroups> {
    const shards = await this.shardsOf(queue);
    if (shards.length === 1) return this.inner.deadGroups(queue, limit);
    checkInteger('limit', limit, 1, limits.maxDeadGroups);
    const parts = await Promise.all(shards.map((shard) => this.inner.deadGroups(shard, limits.maxDeadGroups)));
    return joinGroups(parts, limit);
  }

  /** An entry for each shard that was asked. */
  async deadAudit(queue: string, limit: number): Promise<readonly DeadAuditEntry[]> {
    const shards = await this.shardsOf(queue);
    const parts = await Promise.all(shards.map((shard) => this.inner.deadAudit(shard, limit)));
    const latestFirst = parts.flat().sort((one, other) => other.at - one.at);
    return latestFirst.slice(0, limit);
  }

  async replay(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadReplayed> {
    const shards = await this.shardsOf(queue);
    if (shards.length === 1) return this.inner.replay(queue, selection, options);
    const { ratePerSecond: rate } = options;
    // Each shard spreads its own over time, and all begin at once.
    const share = rate === undefined ? {} : { ratePerSecond: Math.max(rate / shards.length, limits.minRatePerSecond) };
    const replayShard = (shard: string, part: DeadOptions) => this.inner.replay(shard, selection, part);
    return joinReplayed(await this.inTurn(shards, { ...options, ...share }, replayShard));
  }

  async purge(queue: string, selection: DeadSelection, options: DeadOptions): Promise<DeadPurged> {
    const shards = await this.shardsOf(queue);
    return sumFields(await this.inTurn(shards, options, (shard, part) => this.inner.purge(shard, selection, part)));
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private async deadPage(queue: string, shards: number, request: DeadPageRequest): Promise<DeadPage> {
    const parts = [...splitPage(request, shards)];
    const pages = await Promise.all(
      parts.map(async ([shard, part]) => [shard, await this.inner.dead(shardName(queue, shard), part)] as const),
    );
    return joinPages(request, shards, new Map(pages));
  }

  /** Undefined for a queue without shards. Without a wait, but for the first time. */
  private async shapeOf(queue: string): Promise<Shape | undefined> {
    if (!this.directory.isKnown) await this.directory.ready();
    // The names of shards are nobody else's.
    if (queueOfShard(queue) !== queue) checkQueueName(queue);
    return this.directory.shapeOf(queue);
  }

  /** The names of all shards that may have jobs. */
  private async shardsOf(queue: string): Promise<readonly string[]> {
    const { claimed } = (await this.shapeOf(queue)) ?? { claimed: 1 };
    return shardNames(queue, claimed);
  }

  private async eachShard(queue: string, work: (shard: string) => Promise<void>): Promise<void> {
    const shards = await this.shardsOf(queue);
    for (const shard of shards.toReversed()) await work(shard);
  }

  /** Shard by shard, until as many have matched as the limit allows. */
  private async inTurn<T extends { readonly matched: number }>(
    shards: readonly string[],
    { limit = limits.maxDeadSelection, ...options }: DeadOptions,
    work: (shard: string, options: DeadOptions) => Promise<T>,
  ): Promise<readonly T[]> {
    const results: T[] = [];
    let open = limit;
    for (const shard of shards) {
      if (open < 1 && results.length > 0) break;
      const result = await work(shard, { ...options, limit: open });
      results.push(result);
      open -= result.matched;
    }
    return results;
  }
}

function shardNames(queue: string, shards: number): readonly string[] {
  return Array.from({ length: shards }, (_, shard) => shardName(queue, shard));
}

function noShard(queue: string): MoorlineError {
  return new MoorlineError('internal', `Expected the queue ${queue} to have a shard`);
}
