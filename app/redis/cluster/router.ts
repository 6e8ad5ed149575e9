import { setTimeout as sleep } from 'node:timers/promises';
import { Admission } from '../../resilience/admission.js';
import { backoffDelayMs } from '../../resilience/backoff.js';
import type { Deadline } from '../../resilience/deadline.js';
import { MoorlineError } from '../../resilience/errors.js';
import type { Connections } from '../connections.js';
import type { Nodes } from './nodes.js';
import { redirectOf, type Redirect } from './redirect.js';
import type { Topology } from './topology.js';

/** Calls that have no node to go to; what nodes hold has bounds of its own. */
const waitingLimits = { maxCalls: 10_000, maxBytes: Number.POSITIVE_INFINITY };

/** A slot takes milliseconds to move, and a failover seconds. */
const again = { firstMs: 10, maxMs: 250 };

/** Brings calls to the node that serves their slot, wherever it is by then. */
export class Router {
  private readonly waiting = new Admission(waitingLimits);

  constructor(
    private readonly topology: Topology,
    private readonly nodes: Nodes,
  ) {}

  /** Does the work at the node of the slot; at another one as long as the nodes say that they did nothing and there is time. */
  async run<T>(slot: number, deadline: Deadline, work: (node: Connections) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const node = this.nodes.of(slot) ?? (await this.wait(slot, deadline));
      try {
        return await work(node);
      } catch (error) {
        const redirect = redirectOf(error);
        if (redirect === undefined || deadline.isPast || this.topology.isClosed) throw error;
        this.follow(slot, redirect);
        await this.pause(attempt, redirect, deadline);
      }
    }
  }

  /** The node of the slot, once somebody serves it. */
  private async wait(slot: number, deadline: Deadline): Promise<Connections> {
    const leave = this.waiting.enter(0);
    if (leave === undefined) throw unavailable('too many calls wait for the nodes of the Redis Cluster');
    try {
      for (;;) {
        await this.topology.nextLook(deadline);
        const node = this.nodes.of(slot);
        if (node !== undefined) return node;
        if (deadline.isPast || this.topology.isClosed) {
          throw unavailable(this.topology.lastError ?? `no node of the Redis Cluster serves the slot ${slot}`);
        }
      }
    } finally {
      leave();
    }
  }

  private follow(slot: number, { to }: Redirect): void {
    const asked = this.topology.map.primaryOf(slot);
    if (to === undefined || asked === undefined) this.topology.hurry();
    else this.topology.moved(slot, to.host === '' ? { ...to, host: asked.host } : to);
  }

  /** The first node that is named is asked at once. Two that name each other are not asked in a tight loop. */
  private async pause(attempt: number, { to }: Redirect, deadline: Deadline): Promise<void> {
    if (attempt === 0 && to !== undefined) return;
    await sleep(Math.min(backoffDelayMs(attempt, again), deadline.remainingMs));
  }
}

function unavailable(reason: string): MoorlineError {
  return new MoorlineError('redis_unavailable', `Redis cannot do this now: ${reason}; try again`, {
    retryAfterMs: 1_000,
  });
}
