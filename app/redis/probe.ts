import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../resilience/deadline.js';
import { isMoorlineError } from '../resilience/errors.js';
import type { DataGuard } from './data-guard.js';
import { nameData } from './epoch-commands.js';
import { epochKey } from './epoch.js';
import { sizeOf, type Link } from './link.js';
import { roles } from './roles.js';

/** After a failed try the next one follows soon: readiness should come back with Redis. */
const retryMs = 1_000;

/** Far longer than any outage that a process outlives. */
const markTtlMs = 86_400_000;

export interface ProbeOptions {
  readonly link: Link;
  /** Without one, losses of data are not watched for. */
  readonly guard: DataGuard | undefined;
  /** Where it writes: the key is this process's own. */
  readonly key: () => string;
  readonly intervalMs: number;
  readonly onSuccess: (seconds: number) => void;
  /** What was written before is gone from under the connections: each server has to be judged anew. */
  readonly onDoubt: (reason: string) => void;
}

/**
 * Writes a small key now and then: a connection may be fine and every write refused. What it writes is the mark by which
 * a server is recognised that has lost data.
 */
export class Probe {
  /** Why the last write failed; undefined when it did not. */
  failure: string | undefined = 'nothing has been written yet';
  private pause = new AbortController();
  private closing = false;
  private readonly ended: Promise<void>;

  constructor(private readonly options: ProbeOptions) {
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
    const { intervalMs } = this.options;
    while (!this.isClosing()) {
      this.pause = new AbortController();
      this.failure = await this.write();
      if (this.isClosing()) return;
      const restMs = this.failure === undefined ? intervalMs : Math.min(retryMs, intervalMs);
      await sleep(restMs, undefined, { signal: this.pause.signal }).catch(() => undefined);
    }
  }

  private async write(): Promise<string | undefined> {
    const begunAt = performance.now();
    try {
      await this.nameData();
      await this.writeMark(Math.round(begunAt));
      this.options.onSuccess((performance.now() - begunAt) / 1000);
      return undefined;
    } catch (error) {
      // A full Redis still serves all that needs no room: settlements, which make room, must reach it.
      return isMoorlineError(error) && error.code === 'quota_exceeded' ? undefined : (error as Error).message;
    }
  }

  private async writeMark(mark: number): Promise<void> {
    const { guard, link, key, onDoubt } = this.options;
    const command = ['SET', key(), mark, 'PX', markTtlMs, 'GET'] as const;
    const before = await link.call(command, Deadline.after(roles.command.deadlineMs));
    if (before === null && guard?.expectsMark === true) onDoubt('a key is gone that this process has written');
    else guard?.noteMark(mark);
  }

  /** The first one to find data without a name gives them one. */
  private async nameData(): Promise<void> {
    const { guard, link } = this.options;
    if (guard === undefined || guard.epoch !== undefined) return;
    guard.adopt(await link.run(nameData, sizeOf([epochKey]), Deadline.after(roles.command.deadlineMs)));
  }

  private isClosing(): boolean {
    return this.closing;
  }
}
