import { setTimeout as sleep } from 'node:timers/promises';
import { beforeDeadline, Deadline } from '../resilience/deadline.js';
import type { Connection } from './connection.js';
import type { Link } from './link.js';
import type { Subscriber } from './subscriber.js';

/**
 * Asks connections that say nothing whether they are still there, and drops those that are not: a role may look ready on a
 * connection that died in silence. An idle process is to cost Redis next to nothing, so of its quiet roles one is asked a time.
 */
export class Monitor {
  private turn = 0;
  private readonly closing = new AbortController();
  private readonly ended: Promise<void>;

  constructor(
    private readonly links: readonly Link[],
    private readonly subscriber: Subscriber,
    private readonly intervalMs: number,
    /** A PING that is not answered in so long never will be. */
    private readonly patienceMs: number,
  ) {
    this.ended = this.keepLooking();
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.ended;
  }

  private async keepLooking(): Promise<void> {
    while (await this.rest()) {
      await Promise.all([this.check(this.subscriber.connection), this.check(this.nextQuiet())]);
    }
  }

  /** Whether to go on. */
  private async rest(): Promise<boolean> {
    const { signal } = this.closing;
    return sleep(this.intervalMs, true, { signal }).catch(() => false);
  }

  /** One of those without a call for the last interval, each in its turn. */
  private nextQuiet(): Connection | undefined {
    const quiet = this.links.filter(({ quietForMs }) => quietForMs >= this.intervalMs);
    this.turn += 1;
    return quiet[this.turn % quiet.length]?.connection;
  }

  private async check(connection: Connection | undefined): Promise<void> {
    if (connection === undefined) return;
    const noPong = () => new Error(`no answer within ${this.patienceMs} ms`);
    try {
      await beforeDeadline(connection.send(['PING']), Deadline.after(this.patienceMs), noPong);
    } catch (error) {
      connection.drop(`it did not answer a PING: ${(error as Error).message}`);
    }
  }
}
