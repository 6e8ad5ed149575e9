import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../resilience/deadline.js';
import { isMoorlineError } from '../resilience/errors.js';
import type { Link } from './link.js';
import { roles } from './roles.js';

/** After a failed try the next one follows soon: readiness should come back with Redis. */
const retryMs = 1_000;

/** Writes a small key now and then: a connection may be fine and every write refused. */
export class Probe {
  /** Why the last write failed; undefined when it did not. */
  failure: string | undefined = 'nothing has been written yet';
  private pause = new AbortController();
  private closing = false;
  private readonly ended: Promise<void>;

  constructor(
    private readonly link: Link,
    private readonly key: () => string,
    private readonly intervalMs: number,
    private readonly onSuccess: (seconds: number) => void,
  ) {
    this.ended = this.keepProbing();
  }

  /** Tries again now: the connection is another one. */
  hurry(): void {
    this.pause.abort();
  }

  async close(): Promise<void> {
    this.closing = true;
    this.hurry();
    await this.ended;
  }

  private async keepProbing(): Promise<void> {
    while (!this.isClosing()) {
      this.pause = new AbortController();
      this.failure = await this.write();
      if (this.isClosing()) return;
      const restMs = this.failure === undefined ? this.intervalMs : Math.min(retryMs, this.intervalMs);
      await sleep(restMs, undefined, { signal: this.pause.signal }).catch(() => undefined);
    }
  }

  private async write(): Promise<string | undefined> {
    const begunAt = performance.now();
    try {
      await this.link.call(
        ['SET', this.key(), Date.now(), 'PX', 3 * this.intervalMs],
        Deadline.after(roles.command.deadlineMs),
      );
      this.onSuccess((performance.now() - begunAt) / 1000);
      return undefined;
    } catch (error) {
      // A full Redis still serves all that needs no room: settlements, which make room, must reach it.
      return isMoorlineError(error) && error.code === 'quota_exceeded' ? undefined : (error as Error).message;
    }
  }

  private isClosing(): boolean {
    return this.closing;
  }
}
