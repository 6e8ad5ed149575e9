import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.js';
import { Actor } from './act.js';
import type { ReleaseWatch } from './facts/watch.js';
import type { Facts } from './facts/types.js';
import type { ReleaseObjects } from './kubernetes/release-objects.js';
import type { AgentMetrics } from './metrics.js';
import { plan, type Memory } from './plan/plan.js';

export interface AgentOptions {
  readonly watch: ReleaseWatch;
  readonly objects: ReleaseObjects;
  readonly primaryName: string;
  readonly metrics: AgentMetrics;
  readonly log: Logger;
  /** How long it is surely this agent's turn; 0 while it is not. */
  readonly remainingMs: () => number;
  /** What lasts for longer is repaired. @default 15 000 */
  readonly leastGraceMs?: number;
}

/** How often it looks while all is well: Sentinels announce what cannot wait. */
const quietMs = 5_000;
/** While something is about to change. */
const busyMs = 500;
const jitter = 0.2;

/** Looks at the release again and again and puts right what is not, while it is its turn; from the moment it is made until `stop`. */
export class Agent {
  /** The node that was primary at the last look. */
  primary: number | undefined;
  private memory: Memory = {};
  private readonly actor: Actor;
  private readonly closing = new AbortController();
  private pause = new AbortController();
  private readonly ended: Promise<void>;

  constructor(private readonly options: AgentOptions) {
    this.actor = new Actor(options);
    this.ended = this.keepLooking();
  }

  /** 0 while there is a primary, or it is not this agent's turn. */
  get withoutPrimaryMs(): number {
    const { withoutPrimarySinceMs = performance.now() } = this.memory;
    return performance.now() - withoutPrimarySinceMs;
  }

  /** Looks at once: something has been announced, or it has become this agent's turn. */
  hurry(): void {
    this.pause.abort();
  }

  async stop(): Promise<void> {
    this.closing.abort();
    this.hurry();
    await this.ended;
  }

  private async keepLooking(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      this.pause = new AbortController();
      const restMs = await this.look();
      await sleep(restMs * (1 - jitter * Math.random()), undefined, {
        signal: AbortSignal.any([signal, this.pause.signal]),
      }).catch(() => undefined);
    }
  }

  /** Answers how long the next look may wait. */
  private async look(): Promise<number> {
    const { remainingMs, log, leastGraceMs = 15_000 } = this.options;
    if (remainingMs() === 0) {
      this.memory = {};
      this.primary = undefined;
      return quietMs;
    }
    try {
      const facts = await this.collect();
      const clock = { nowMs: performance.now(), now: new Date().toISOString(), leastGraceMs };
      const { actions, memory, primary, isSettled } = plan(facts, this.memory, clock);
      this.memory = memory;
      this.primary = primary;
      this.note(facts);
      await this.actor.act(actions, facts.pods);
      return isSettled ? quietMs : busyMs;
    } catch (error) {
      log.warn({ err: error }, 'the release could not be looked at; trying again');
      return busyMs * 4;
    }
  }

  private async collect(): Promise<Facts> {
    const { watch, objects } = this.options;
    const [seen, pods, record] = await Promise.all([watch.look(), objects.pods(), objects.record()]);
    return { ...seen, pods, record };
  }

  private note({ record }: Facts): void {
    if (record !== undefined) this.options.metrics.switched(record.epoch, record.since);
  }
}
