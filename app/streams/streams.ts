import { Registry } from 'prom-client';
import type { Logger } from '../log.js';
import type { RedisConnections } from '../redis/types.js';
import { ChunkCache } from './chunk-cache.js';
import { readHistory, type HistoryPage } from './history.js';
import { LiveStream } from './live-stream.js';
import { PositionCheck } from './position-check.js';
import { StreamPublisher, type Once, type PublisherOptions } from './publisher.js';
import { streamMetricsOf, type StreamMetrics } from './stream-metrics.js';
import type { Start } from './start.js';
import { Subscription } from './subscription.js';
import type { HistoryId, HistoryKind } from './library.js';
import type { Position, PublishOptions, Wanted } from './types.js';
import { checkPosition, checkStreamName, chunkTexts, invalid } from './validate.js';

export interface StreamsOptions extends Partial<PublisherOptions> {
  /** Whose histories these are. @default stream */
  readonly kind?: HistoryKind;
  readonly log: Logger;
  /** Chunks kept at hand in this process, of all streams together. @default 64 MiB */
  readonly maxCachedBytes?: number;
  /** @default nowhere */
  readonly metrics?: Registry;
}

const defaults = { keepMs: 3_600_000, keepEndedMs: 120_000, keepPositionMs: 0, maxCachedBytes: 64 * 1024 * 1024 };
/** A stream that nobody follows any more is followed a little longer: whoever reloads a page comes back at once. */
const lingerMs = 2_000;

/** The streams of one Redis. The connections stay the caller's: close the streams first. */
export class Streams {
  private readonly publisher: StreamPublisher;
  private readonly cache: ChunkCache;
  private readonly check: PositionCheck;
  private readonly metrics: StreamMetrics;
  private readonly live = new Map<HistoryId, LiveStream>();
  private readonly lingering = new Map<LiveStream, NodeJS.Timeout>();

  constructor(
    private readonly connections: RedisConnections,
    private readonly options: StreamsOptions,
  ) {
    const { metrics = new Registry(), maxCachedBytes = defaults.maxCachedBytes, log, ...publishing } = options;
    this.metrics = streamMetricsOf(metrics);
    this.publisher = new StreamPublisher(connections, this.metrics, { ...defaults, ...publishing });
    this.cache = new ChunkCache(maxCachedBytes);
    this.check = new PositionCheck(
      connections,
      () => [...this.live.values()].filter(({ isFollowed }) => isFollowed),
      log,
    );
  }

  /** Answers the position after the last of the chunks. */
  async publish(stream: string, chunks: readonly unknown[], options: PublishOptions = {}): Promise<Position> {
    checkStreamName(stream);
    const { end = false } = options;
    const texts = chunkTexts(chunks);
    if (texts.length === 0 && !end) throw invalid('chunks', 'one at least, unless the stream ends', 'none');
    const once = onceOf(options);
    if (once === undefined) return this.publisher.publish(this.idOf(stream), texts, end);
    return this.publisher.publishOnce(this.idOf(stream), texts, end, once);
  }

  /** Chunks after `offset`, as many as one read brings. */
  async history(stream: string, offset: number): Promise<HistoryPage> {
    checkStreamName(stream);
    checkPosition({ epoch: '', offset });
    return readHistory(this.connections, this.idOf(stream), offset);
  }

  /** Follows a stream, which need not exist yet. `onNews` is called when a pull may find something. */
  async subscribe(
    stream: string,
    wanted: Wanted,
    onNews: () => void,
  ): Promise<Start & { readonly subscription: Subscription }> {
    checkStreamName(stream);
    if (wanted !== 'now') checkPosition(wanted);
    const live = this.liveStream(stream);
    // Nobody may take it away while this waits.
    const release = live.follow(() => undefined);
    try {
      const onClose = (): void => {
        this.letGo(live);
      };
      const begun = await Subscription.begin(live, wanted, { onNews, onClose });
      this.metrics.began(begun.recovered);
      this.check.start();
      return begun;
    } finally {
      release();
      this.letGo(live);
    }
  }

  async close(): Promise<void> {
    this.check.close();
    for (const timer of this.lingering.values()) clearTimeout(timer);
    await this.publisher.idle();
    await Promise.all([...this.live.values()].map((live) => live.close()));
    this.live.clear();
  }

  private idOf(stream: string): HistoryId {
    return `${this.options.kind ?? 'stream'}:${stream}`;
  }

  private liveStream(stream: string): LiveStream {
    const id = this.idOf(stream);
    const known = this.live.get(id);
    if (known !== undefined) return known;
    const { connections, metrics } = this;
    const live = new LiveStream({
      id,
      connections,
      metrics,
      chunks: this.cache.ofOneStream(),
      log: this.options.log,
    });
    this.live.set(id, live);
    metrics.followed.inc();
    return live;
  }

  private letGo(live: LiveStream): void {
    if (live.isFollowed || this.lingering.has(live)) return;
    const timer = setTimeout(
      () => {
        this.lingering.delete(live);
        if (live.isFollowed || this.live.get(live.id) !== live) return;
        this.live.delete(live.id);
        this.metrics.followed.dec();
        void live.close();
      },
      lingerMs * (1 + Math.random() / 2),
    );
    timer.unref();
    this.lingering.set(live, timer);
  }
}

function onceOf({ producer, sequence, idempotencyKey }: PublishOptions): Once | undefined {
  if ((producer === undefined) !== (sequence === undefined)) {
    throw invalid('sequence', 'given with producer, and only then', sequence);
  }
  if (producer !== undefined && sequence !== undefined) return { producer, sequence };
  return idempotencyKey === undefined ? undefined : { idempotencyKey };
}
