import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamEntry } from '../redis/types.js';
import { backoffDelayMs } from '../resilience/backoff.js';
import { dropReplyKey, replyKey, type Replies, type ReplyConnections, type ReplySink } from './replies.js';

/** One read brings so many entries, each with all the answers of one call. */
const maxEntries = 200;
const blockMs = 5_000;
/** What was read is trimmed now and then: after a lost connection the rest is read again. */
const trimEvery = 100;
const beginning = '0';
const retryBackoff = { firstMs: 50, maxMs: 1_000 };

/**
 * The answers of all tasks of this process in one stream, read on one connection for as long as anybody waits. It keeps what comes
 * while the connection is away.
 */
export class ReplyStream implements Replies {
  readonly address: string;
  private readonly key: string;
  private after = beginning;
  private untrimmed = 0;
  private running: Promise<void> | undefined;
  private closing = false;
  private isUsed = false;

  constructor(
    private readonly connections: ReplyConnections,
    private readonly sink: ReplySink,
    name: string,
  ) {
    this.address = `s${name}`;
    this.key = replyKey(name);
  }

  open(): undefined {
    return undefined;
  }

  await(): void {
    this.isUsed = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
  }

  /** Tasks under way may still be answered: that stream goes by itself. */
  async close(): Promise<void> {
    this.closing = true;
    if (this.isUsed) await dropReplyKey(this.connections, this.key).catch(() => undefined);
  }

  private async run(): Promise<void> {
    let { reconnects } = this.connections;
    for (let failures = 0; !this.closing && this.sink.isWaiting();) {
      try {
        this.take(await this.readNext());
        failures = 0;
      } catch {
        await sleep(backoffDelayMs(failures++, retryBackoff));
        this.startAnew();
      }
      if (reconnects === this.connections.reconnects) continue;
      reconnects = this.connections.reconnects;
      this.startAnew();
    }
  }

  private readNext(): Promise<readonly StreamEntry[]> {
    return this.connections.readEntries({ key: this.key, after: this.after, count: maxEntries, blockMs });
  }

  /** Another primary counts by another clock, and may lack the last entries: nothing that is there may be passed over. */
  private startAnew(): void {
    this.after = beginning;
    this.sink.missed();
  }

  private take(entries: readonly StreamEntry[]): void {
    for (const { id, fields } of entries) {
      this.after = id;
      for (let at = 0; at + 1 < fields.length; at += 2) this.sink.take(String(fields[at]), fields[at + 1] as Buffer);
    }
    this.untrimmed += entries.length;
    if (this.untrimmed < trimEvery) return;
    this.untrimmed = 0;
    this.connections.command(['XTRIM', this.key, 'MINID', this.after]).catch(() => undefined);
  }
}
