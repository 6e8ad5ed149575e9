import { setTimeout as sleep } from 'node:timers/promises';
import type { HostPort, RedisConfig } from '../../config/index.js';
import type { Logger } from '../../log.js';
import { Deadline } from '../../resilience/deadline.js';
import { formatAddress } from '../connection.js';
import { askNode, newestView, type ClusterView } from './cluster-view.js';
import { SlotMap } from './slot-map.js';

/** Without any sign of a change the map is asked for so often, give or take a quarter: signs may get lost. */
const calmMs = 180_000;
/** While there are signs of a change, or nobody answers: how often at most, give or take a quarter. */
const hurriedMs = 400;
const askDeadlineMs = 1_000;
/** So many nodes are asked at a time: one of them may be the one that is lost or cut off. */
const maxAsked = 3;

/** Keeps the map of the slots up to date. */
export class Topology {
  private current = new SlotMap([]);
  /** Why nobody could say it the last time. */
  lastError: string | undefined;
  private inHurry = true;
  private pause = new AbortController();
  private readonly closing = new AbortController();
  private waiters: (() => void)[] = [];
  private readonly ended: Promise<void>;

  constructor(
    private readonly seeds: readonly HostPort[],
    private readonly redis: RedisConfig,
    private readonly onChange: (map: SlotMap) => void,
    private readonly log: Logger,
  ) {
    this.ended = this.keepLooking();
  }

  get map(): SlotMap {
    return this.current;
  }

  get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  /** Something has changed, or may have: looks soon. */
  hurry(): void {
    this.inHurry = true;
    this.pause.abort();
  }

  /** A node has said where a slot is now. */
  moved(slot: number, primary: HostPort): void {
    const before = this.current.primaryOf(slot);
    if (before === undefined || formatAddress(before) !== formatAddress(primary)) {
      this.use(this.current.with(slot, primary));
    }
    this.hurry();
  }

  /** Resolves after the next look at the cluster, whatever it showed, and at the deadline. */
  async nextLook(deadline: Deadline): Promise<void> {
    this.hurry();
    if (this.isClosed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, deadline.remainingMs);
      this.waiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.ended;
  }

  private async keepLooking(): Promise<void> {
    // The constructor has to end first: `onChange` may need what it makes.
    await Promise.resolve();
    while (!this.isClosed) {
      this.inHurry = false;
      await this.look();
      for (const wake of this.waiters.splice(0)) wake();
      await this.rest(hurriedMs);
      if (this.isInHurry() || this.lastError !== undefined) continue;
      this.pause = new AbortController();
      await this.rest(calmMs, this.pause.signal);
    }
    for (const wake of this.waiters.splice(0)) wake();
  }

  private async look(): Promise<void> {
    const outcomes = await Promise.allSettled(
      this.chooseNodes().map((node) => askNode(node, this.redis, Deadline.after(askDeadlineMs))),
    );
    const views = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
    const newest = newestView(views.filter(({ map }) => map.ranges.length > 0));
    this.lastError = newest === undefined ? noMap(views, reasons) : undefined;
    if (newest !== undefined) this.use(newest.map);
    else this.log.debug({ reason: this.lastError }, 'no node of the cluster says who serves the slots');
  }

  /** The nodes that are known, and one of the configured ones: those of now may all be new after an outage. */
  private chooseNodes(): readonly HostPort[] {
    const known = shuffled([...this.current.nodes.values()]);
    const seeds = shuffled(this.seeds);
    return [...known.slice(0, maxAsked - 1), ...seeds].slice(0, maxAsked);
  }

  private use(map: SlotMap): void {
    if (this.isClosed) return;
    this.current = map;
    this.onChange(map);
  }

  private async rest(ms: number, ...ends: readonly AbortSignal[]): Promise<void> {
    const signal = AbortSignal.any([this.closing.signal, ...ends]);
    await sleep(ms * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }

  /** A method, since it changes while the loop awaits. */
  private isInHurry(): boolean {
    return this.inHurry;
  }
}

function noMap(views: readonly ClusterView[], reasons: readonly Error[]): string {
  return views.length > 0
    ? 'the nodes of the cluster serve no slots'
    : `no node of the cluster answers: ${[...new Set(reasons.map(({ message }) => message))].join('; ')}`;
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
