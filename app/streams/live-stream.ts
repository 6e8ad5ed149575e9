import { randomBytes } from 'node:crypto';
import type { Logger } from '../log.js';
import type { RedisConnections } from '../redis/types.js';
import type { CachedChunks } from './chunk-cache.js';
import { readHistory } from './history.js';
import { channelOf, disownCall, type HistoryId } from './library.js';
import { readLiveBatch, type LiveBatch } from './packed.js';
import type { StreamMetrics } from './stream-metrics.js';
import type { Chunk, StreamState } from './types.js';

export interface LiveStreamOptions {
  readonly id: HistoryId;
  readonly connections: Pick<RedisConnections, 'call' | 'subscribe'>;
  readonly chunks: CachedChunks;
  readonly metrics: StreamMetrics;
  readonly log: Logger;
}

/** Told that there may be something new: chunks, the end, or that the history is another one now. */
export type Follower = () => void;

/**
 * One stream as this process knows it: how far it goes, and the chunks at hand. What comes live and what is read from the history
 * ends in the same place, so a follower needs not know which was which.
 */
export class LiveStream {
  /** undefined until Redis was asked, and while it has to be asked anew. */
  state: StreamState | undefined;
  /** Changes with the epoch, and when chunks are gone that somebody may have seen. */
  generation = 0;
  /** The history is known not to go further back than to this chunk. */
  firstKept = 1;
  /** An epoch by which nobody may go on; Redis is still to be told. */
  private doubted: string | undefined;
  private readonly followers = new Set<Follower>();
  private subscribed: Promise<() => void> | undefined;
  private loading: Promise<readonly Chunk[]> | undefined;
  /** What came last while nobody knew yet how far the stream goes: perhaps after Redis had answered, and before the answer was here. */
  private early: StreamState | undefined;
  /** From where those who wait for a read want to read. */
  private wanted: number[] = [];

  constructor(private readonly options: LiveStreamOptions) {}

  get isFollowed(): boolean {
    return this.followers.size > 0;
  }

  get id(): HistoryId {
    return this.options.id;
  }

  /** Resolves once what is published from now on arrives here. */
  async open(): Promise<void> {
    const { connections, id } = this.options;
    this.subscribed ??= connections.subscribe(channelOf(id), {
      onMessage: (message) => {
        this.take(readLiveBatch(message));
      },
      onGap: () => {
        this.check();
      },
    });
    try {
      await this.subscribed;
    } catch (error) {
      this.subscribed = undefined;
      throw error;
    }
  }

  follow(follower: Follower): () => void {
    this.followers.add(follower);
    return () => {
      this.followers.delete(follower);
    };
  }

  /** Chunks after `offset` that are at hand. */
  after(offset: number): readonly Chunk[] {
    return this.options.chunks.after(offset);
  }

  /**
   * Reads the history after `offset`, or waits for the read that is under way. What comes may be what somebody else needs: look
   * again then. Those who ask at the same time share a read that begins where the first of them needs it.
   */
  load(offset: number): Promise<readonly Chunk[]> {
    this.wanted.push(offset);
    this.loading ??= this.read().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  /** Something may have been missed: asks Redis how far the stream goes. */
  check(): void {
    // The last chunk once more: it may be another one now, where a primary was lost before it could pass it on.
    this.load(Math.max(0, (this.state?.offset ?? 0) - 1)).catch((error: unknown) => {
      this.options.log.warn({ err: error, stream: this.id }, 'a stream could not be read; it is looked at again');
    });
  }

  /** What Redis says now; `topBefore` is what was known when it was asked. */
  adopt(state: StreamState, topBefore: number): void {
    const known = this.state;
    const isOther = known !== undefined && known.epoch !== '' && known.epoch !== state.epoch;
    // Less than was there before: a primary that lagged was promoted.
    if (isOther || (known?.epoch === state.epoch && state.offset < topBefore)) this.reset();
    const { offset = 0, ended = false } = this.state ?? {};
    this.state = { epoch: state.epoch, offset: Math.max(offset, state.offset), ended: ended || state.ended };
  }

  /** One of its followers cannot go on. */
  noteLost(): void {
    this.options.metrics.lost.inc();
  }

  tell(): void {
    for (const follower of this.followers) follower();
  }

  async close(): Promise<void> {
    this.options.chunks.clear();
    const unsubscribe = await this.subscribed?.catch(() => undefined);
    unsubscribe?.();
  }

  private take({ epoch, first, chunks, ended }: LiveBatch): void {
    this.options.metrics.received.inc(chunks.length);
    const { state } = this;
    const last = first + chunks.length - 1;
    if (state === undefined) {
      this.early = { epoch, offset: last, ended };
      return;
    }
    if (state.epoch !== epoch && state.epoch !== '') {
      this.reset();
      this.check();
      return;
    }
    if (!this.options.chunks.add(chunks)) {
      this.doubt(epoch);
      return;
    }
    this.state = { epoch, offset: Math.max(state.offset, last), ended: ended || state.ended };
    this.tell();
  }

  private async read(): Promise<readonly Chunk[]> {
    const { connections, id, chunks, metrics } = this.options;
    // Those who were woken together ask again in the same tick.
    await new Promise(setImmediate);
    const offset = Math.min(...this.wanted);
    this.wanted = [];
    for (;;) {
      await this.disown();
      const { generation, state: { offset: topBefore } = { offset: 0 } } = this;
      metrics.historyReads.inc();
      // Of what came until now Redis tells.
      this.earlyOnes();
      const page = await readHistory(connections, id, offset);
      // Meanwhile a message told that the history is another one: perhaps this is still the old one.
      const early = this.earlyOnes();
      if (generation !== this.generation || isOther(early, page.state)) continue;
      this.adopt(page.state, topBefore);
      if (early !== undefined) this.adopt(early, topBefore);
      const first = page.chunks[0]?.offset ?? page.state.offset + 1;
      if (first > offset + 1) this.firstKept = Math.max(this.firstKept, first);
      if (!chunks.add(page.chunks)) {
        this.doubt(page.state.epoch);
        continue;
      }
      this.tell();
      return page.chunks;
    }
  }

  /** An offset of this epoch stands for two chunks: whoever has one of them cannot know. So nobody may go on by this epoch. */
  private doubt(epoch: string): void {
    this.doubted = epoch;
    this.reset();
    this.check();
  }

  private async disown(): Promise<void> {
    const { connections, id } = this.options;
    if (this.doubted === undefined) return;
    const call = disownCall(id, [this.doubted, randomBytes(6).toString('hex')]);
    await connections.call('command', call, { repeatable: true });
    this.doubted = undefined;
  }

  private earlyOnes(): StreamState | undefined {
    const { early } = this;
    this.early = undefined;
    return early;
  }

  private reset(): void {
    this.generation += 1;
    this.state = undefined;
    this.firstKept = 1;
    this.options.chunks.clear();
    this.tell();
  }
}

/** A message that came while Redis was asked is of another history, unless it began one. */
const isOther = (early: StreamState | undefined, { epoch }: StreamState): boolean =>
  early !== undefined && epoch !== '' && epoch !== early.epoch;
