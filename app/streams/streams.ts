import { Registry } from 'prom-client';
import type { Logger } from '../log.js';
import type { RedisConnections } from '../redis/types.js';
import { ChunkCache } from './chunk-cache.js';
import { readHistory, type HistoryPage } from './history.js';
import { LiveStream } from './live-stream.js';
import { PositionCheck } from './position-check.js';
import { StreamPublisher, type PublisherOptions } from './publisher.js';
import { createStreamMetrics, type StreamMetrics } from './stream-metrics.js';
import type { Start } from './start.js';
import { Subscription } from './subscription.js';
import type { Position, PublishOptions } from './types.js';
import { checkPosition, checkStreamName, chunkTexts, invalid } from './validate.js';

export interface StreamsOptions extends Partial<PublisherOptions> {
  readonly log: Logger;
  /** Chunks kept at hand in this process, of all streams together. @default 64 MiB */
  readonly maxCachedBytes?: number;
  /** @default nowhere */
  readonly metrics?: Registry;
}

const defaults = { keepMs: 3_600_000, keepEndedMs: 120_000, maxCachedBytes: 64 * 1024 * 1024 };
/** A stream that nobody follows any more is followed a little longer: whoever reloads a page comes back at once. */
const lingerMs = 2_000;

/** The streams of one Redis. The connections stay the caller's: close the streams first. */
export class Streams {
  private readonly publisher: StreamPublisher;
  private readonly cache: ChunkCache;
  private readonly check: PositionCheck;
  private readonly metrics: StreamMetrics;
  private readonly live = new Map<string, LiveStream>();
  private readonly lingering = new Map<LiveStream, NodeJS.Timeout>();

  constructor(
    private readonly connections: RedisConnections,
    private readonly options: StreamsOptions,
  ) {
    const { metrics = new Registry(), maxCachedBytes = defaults.maxCachedBytes, log, ...publishing } = options;
    this.metrics = createStreamMetrics(metrics);
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
    const { end = false, producer, sequence } = options;
    const texts = chunkTexts(chunks);
    if (texts.length === 0 && !end) throw invalid('chunks', 'one at least, unless the stream ends', 'none');
    if ((producer === undefined) !== (sequence === undefined)) {
      throw invalid('sequence', 'given with producer, and only then', sequence);
    }
    if (producer === undefined || sequence === undefined) return this.publisher.publish(stream, texts, end);
    return this.publisher.publishOnce(stream, texts, end, producer, sequence);
  }

  /** Chunks after `offset`, as many as one read brings. */
  async history(stream: string, offset: number): Promise<HistoryPage> {
    checkStreamName(stream);
    checkPosition({ epoch: '', offset });
    return readHistory(this.connections, stream, offset);
  }

  /** Follows a stream, which need not exist yet. `onNews` is called when a pull may find something. */
  async subscribe(
    stream: string,
    wanted: Position,
    onNews: () => void,
  ): Promise<Start & { readonly subscription: Subscription }> {
    checkStreamName(stream);
    checkPosition(wanted);
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

  private liveStream(stream: string): LiveStream {
    const known = this.live.get(stream);
    if (known !== undefined) return known;
    const { connections, metrics } = this;
    const live = new LiveStream({
      stream,
      connections,
      metrics,
      chunks: this.cache.ofOneStream(),
      log: this.options.log,
    });
    this.live.set(stream, live);
    metrics.followed.set(this.live.size);
    return live;
  }

  private letGo(live: LiveStream): void {
    if (live.isFollowed || this.lingering.has(live)) return;
    const timer = setTimeout(
      () => {
        this.lingering.delete(live);
        if (live.isFollowed || this.live.get(live.name) !== live) return;
        this.live.delete(live.name);
        this.metrics.followed.set(this.live.size);
        void live.close();
      },
      lingerMs * (1 + Math.random() / 2),
    );
    timer.unref();
    this.lingering.set(live, timer);
  }
}
