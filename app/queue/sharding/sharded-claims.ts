import type { ClaimedJob, ClaimRequest, Queues, SettleRequest, SettleResult, WorkWait } from '../types.js';
import { ShardBoard } from './shard-board.js';
import type { ShardDirectory } from './shard-directory.js';
import { readFence, shardName, withPublicFence } from './shard-names.js';
import { joinSettled, splitSettlements } from './split-settle.js';

type Inner = Pick<Queues, 'settle' | 'waitForWork' | 'passOn'>;

/** Claims and settlements of queues with shards. */
export class ShardedClaims {
  private readonly boards = new Map<string, ShardBoard>();

  constructor(
    private readonly inner: Inner,
    private readonly directory: ShardDirectory,
  ) {}

  /** As `Queues.claim`; the shape may change while it waits. */
  async claim(queue: string, request: ClaimRequest): Promise<readonly ClaimedJob[]> {
    return (await this.settle(queue, { claim: request })).jobs;
  }

  /** Each shard settles its own; one of them, perhaps another, claims in the same trip. */
  async settle(queue: string, { claim, ...settlements }: SettleRequest): Promise<SettleResult> {
    const parts = splitSettlements(settlements);
    const board = this.boardOf(queue);
    const first = claim === undefined ? undefined : (board.choose() ?? parts.keys().next().value ?? 0);
    if (first !== undefined && !parts.has(first)) parts.set(first, {});
    const results = await this.settleAll(queue, parts, claim, first);
    const result = joinSettled(results);
    if (claim === undefined || first === undefined || result.jobs.length > 0) return result;
    return { ...result, ...(await this.claimElsewhere(queue, claim, first, result.nextWakeMs)) };
  }

  /** True at a sign of work in any shard, and when the shards of the queue are others now. */
  async waitForWork(queue: string, wait: WorkWait): Promise<boolean> {
    const { change } = this.directory;
    const found = new AbortController();
    const signal = AbortSignal.any([wait.signal, found.signal, change]);
    const shards = this.directory.shapeOf(queue)?.claimed ?? 1;
    const waits = Array.from({ length: shards }, async (_, shard) => {
      const rang = await this.inner.waitForWork(shardName(queue, shard), { ...wait, signal });
      if (rang) {
        this.boardOf(queue).expect(shard);
        found.abort();
      }
      return rang;
    });
    const rang = await this.directory.watchDuring(Promise.all(waits));
    return rang.includes(true) || (change.aborted && !wait.signal.aborted);
  }

  /** Gives all signs of work to other processes. */
  passOn(queue: string): void {
    const board = this.boardOf(queue);
    for (let shard = board.choose(); shard !== undefined; shard = board.choose()) {
      board.note(shard, false);
      this.inner.passOn(shardName(queue, shard));
    }
  }

  private async settleAll(
    queue: string,
    parts: ReadonlyMap<number, SettleRequest>,
    claim: ClaimRequest | undefined,
    claimAt: number | undefined,
  ): Promise<readonly SettleResult[]> {
    const results = await Promise.allSettled(
      [...parts].map(([shard, part]) =>
        shard === claimAt && claim !== undefined
          ? this.settleShard(queue, shard, { ...part, claim: { ...claim, waitMs: 0 } })
          : this.settleShard(queue, shard, part),
      ),
    );
    const failed = results.find((result) => result.status === 'rejected');
    const settled = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (failed === undefined) return settled;
    this.handBack(queue, settled);
    throw failed.reason;
  }

  /** In the shards that are known to have work, then in all others, then where work turns up while there is time to wait. */
  private async claimElsewhere(
    queue: string,
    claim: ClaimRequest,
    lookedAt: number,
    nextWakeMs: number | undefined,
  ): Promise<Pick<SettleResult, 'jobs' | 'nextWakeMs'>> {
    const until = performance.now() + (claim.waitMs ?? 0);
    let found = await this.lookAround(queue, claim, new Set([lookedAt]), nextWakeMs);
    for (let leftMs = until - performance.now(); found.jobs.length === 0 && leftMs > 0;) {
      const signal = AbortSignal.any([
        AbortSignal.timeout(Math.ceil(leftMs)),
        ...(claim.signal === undefined ? [] : [claim.signal]),
      ]);
      if (!(await this.waitForWork(queue, { ...found, signal }))) break;
      found = await this.lookAround(queue, claim, new Set());
      leftMs = until - performance.now();
    }
    return found;
  }

  private async lookAround(
    queue: string,
    claim: ClaimRequest,
    lookedAt: Set<number>,
    wakeMs?: number,
  ): Promise<Pick<SettleResult, 'jobs' | 'nextWakeMs'>> {
    const board = this.boardOf(queue);
    const wakes = wakeMs === undefined ? [] : [wakeMs];
    const { claimed } = this.directory.shapeOf(queue) ?? { claimed: 1 };
    const likely = function* () {
      for (let shard = board.choose(); shard !== undefined; shard = board.choose()) yield shard;
    };
    const others = board.inTurn(claimed);
    for (const shards of [likely(), others]) {
      for (const shard of shards) {
        if (shards === others && lookedAt.has(shard)) continue;
        lookedAt.add(shard);
        const { jobs, nextWakeMs } = await this.settleShard(queue, shard, { claim: { ...claim, waitMs: 0 } });
        if (jobs.length > 0) return { jobs };
        if (nextWakeMs !== undefined) wakes.push(nextWakeMs);
      }
    }
    return { jobs: [], ...(wakes.length === 0 ? {} : { nextWakeMs: Math.min(...wakes) }) };
  }

  private async settleShard(queue: string, shard: number, request: SettleRequest): Promise<SettleResult> {
    const { jobs, rejected, cancelled, ...rest } = await this.inner.settle(shardName(queue, shard), request);
    if (request.claim !== undefined) this.boardOf(queue).note(shard, jobs.length >= request.claim.max);
    const shown = <T extends { readonly fence: string }>(delivery: T) => withPublicFence(delivery, shard);
    return {
      ...rest,
      jobs: jobs.map(shown),
      rejected: rejected.map(shown),
      ...(cancelled === undefined ? {} : { cancelled: cancelled.map(shown) }),
    };
  }

  /** The caller hears of an error and not of these jobs. If this fails, their leases expire. */
  private handBack(queue: string, results: readonly SettleResult[]): void {
    for (const { jobs } of results) {
      const [first] = jobs;
      if (first === undefined) continue;
      const { shard } = readFence(first);
      const release = jobs.map((job) => ({ id: job.id, fence: readFence(job).fence }));
      this.inner.settle(shardName(queue, shard), { release }).catch(() => undefined);
    }
  }

  private boardOf(queue: string): ShardBoard {
    const board = this.boards.get(queue) ?? new ShardBoard();
    this.boards.set(queue, board);
    return board;
  }
}
