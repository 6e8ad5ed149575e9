import { randomBytes } from 'node:crypto';
import type { RedisConnections } from '../redis/types.js';
import { MoorlineError } from '../resilience/errors.js';
import { publishCall, type HistoryId } from './library.js';
import { limits } from './limits.js';
import { packChunks } from './packed.js';
import type { StreamMetrics } from './stream-metrics.js';
import type { Position } from './types.js';

export interface PublisherOptions {
  /** How long a stream is kept after its last chunk. */
  readonly keepMs: number;
  /** How long after its end. */
  readonly keepEndedMs: number;
  /** How long it is known at least how far it went, though the chunks are gone. */
  readonly keepPositionMs: number;
}

/** How a request is known that its producer may repeat. */
export type Once = { readonly producer: string; readonly sequence: number } | { readonly idempotencyKey: string };

/** What waits here over all streams: chunks that Redis has no answer for yet. */
const maxWaitingBytes = 64 * 1024 * 1024;
/** How long an idempotency key is remembered. */
const onceMs = 120_000;
/** Streams of which this process remembers how far it has come. */
const maxRemembered = 10_000;

interface Request {
  readonly chunks: readonly Buffer[];
  readonly end: boolean;
  readonly resolve: (position: Position) => void;
  readonly reject: (error: unknown) => void;
}

interface Batch {
  /** Empty where a key says that it is the same. */
  readonly producer: string;
  readonly number: number;
  readonly chunks: readonly Buffer[];
  readonly end: boolean;
  readonly onceKey?: string;
}

/**
 * Publishes chunks, for each stream one call at a time: what comes meanwhile shares the next call. So chunks keep their order also
 * when a call has to be sent again, and a fast producer costs one call for many chunks.
 */
export class StreamPublisher {
  /** Batches of this process count up, so a repeated one is known from a new one. */
  private readonly producer = randomBytes(6).toString('hex');
  /** Of the next streams that have none: it has to differ from those before of the same stream alone. */
  private nextEpoch = newEpoch();
  private batches = 0;
  private waitingBytes = 0;
  private readonly lines = new Map<HistoryId, Request[]>();
  private readonly running = new Set<Promise<void>>();
  /** How far streams are, as this process was told. */
  private readonly known = new Map<HistoryId, Position>();

  constructor(
    private readonly connections: Pick<RedisConnections, 'call'>,
    private readonly metrics: StreamMetrics,
    private readonly options: PublisherOptions,
  ) {}

  /** Resolves with the position after the last of the chunks. */
  async publish(stream: HistoryId, chunks: readonly Buffer[], end: boolean): Promise<Position> {
    const bytes = chunks.reduce((total, chunk) => total + chunk.length, 0);
    if (this.waitingBytes + bytes > maxWaitingBytes) throw tooMuchWaits();
    this.waitingBytes += bytes;
    try {
      return await new Promise<Position>((resolve, reject) => {
        this.join(stream, { chunks, end, resolve, reject });
      });
    } finally {
      this.waitingBytes -= bytes;
    }
  }

  /** A request that its producer may repeat: a batch of its own, stored once. */
  publishOnce(stream: HistoryId, chunks: readonly Buffer[], end: boolean, once: Once): Promise<Position> {
    if ('producer' in once) {
      return this.send(stream, { producer: `:${once.producer}`, number: once.sequence, chunks, end });
    }
    return this.send(stream, { producer: '', number: 0, chunks, end, onceKey: once.idempotencyKey });
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await Promise.all(this.running);
  }

  private join(stream: HistoryId, request: Request): void {
    const line = this.lines.get(stream);
    if (line !== undefined) {
      line.push(request);
      return;
    }
    const running = this.run(stream, [request]).finally(() => this.running.delete(running));
    this.running.add(running);
  }

  private async run(stream: HistoryId, line: Request[]): Promise<void> {
    this.lines.set(stream, line);
    while (line.length > 0) {
      // Requests of the same tick belong to one batch.
      await Promise.resolve();
      const requests = cutBatch(line);
      const chunks = requests.flatMap((request) => request.chunks);
      const end = requests.at(-1)?.end ?? false;
      try {
        const { epoch, offset } = await this.send(stream, {
          producer: this.producer,
          number: (this.batches += 1),
          chunks,
          end,
        });
        let last = offset - chunks.length;
        for (const request of requests) request.resolve({ epoch, offset: (last += request.chunks.length) });
      } catch (error) {
        for (const { reject } of requests) reject(error);
      }
    }
    this.lines.delete(stream);
  }

  private async send(stream: HistoryId, { producer, number, chunks, end, onceKey }: Batch): Promise<Position> {
    const { keepMs, keepEndedMs, keepPositionMs } = this.options;
    const { epoch: knownEpoch, offset: knownOffset } = this.known.get(stream) ?? { epoch: '', offset: 0 };
    const packed = packChunks(chunks);
    const args = [
      this.nextEpoch,
      knownEpoch,
      knownOffset,
      producer,
      number,
      chunks.length,
      packed,
      packed.length,
      end ? 1 : 0,
      keepMs,
      keepEndedMs,
      limits.maxHistoryChunks,
      limits.maxHistoryBytes,
      keepPositionMs,
      onceMs,
    ];
    const call = publishCall(stream, args, onceKey);
    const reply = await this.connections.call('command', call, { repeatable: true }).catch((error: unknown) => {
      // It may have been used.
      this.nextEpoch = newEpoch();
      throw error;
    });
    const [outcome, epoch, offset] = reply as [Buffer, Buffer, number];
    if (outcome.toString() === '.') throw streamEnded(stream);
    this.metrics.publishCalls.inc();
    this.metrics.published.inc(chunks.length);
    const position = { epoch: epoch.toString(), offset };
    if (position.epoch === this.nextEpoch) this.nextEpoch = newEpoch();
    this.remember(stream, position, end);
    return position;
  }

  private remember(stream: HistoryId, position: Position, end: boolean): void {
    this.known.delete(stream);
    if (end) return;
    this.known.set(stream, position);
    const [oldest] = this.known.keys();
    if (this.known.size > maxRemembered && oldest !== undefined) this.known.delete(oldest);
  }
}

const newEpoch = (): string => randomBytes(6).toString('hex');

/** What fits in one batch, up to one that ends the stream: the first in any case. */
function cutBatch(line: Request[]): readonly Request[] {
  let [count, chunks, bytes] = [0, 0, 0];
  for (const request of line) {
    chunks += request.chunks.length;
    bytes += request.chunks.reduce((total, chunk) => total + chunk.length, 0);
    if (count > 0 && (chunks > limits.maxBatchChunks || bytes > limits.maxBatchBytes)) break;
    count += 1;
    if (request.end) break;
  }
  return line.splice(0, count);
}

const streamEnded = (stream: HistoryId): MoorlineError =>
  new MoorlineError(
    'stream_ended',
    `The ${stream.replace(':', ' ')} has ended, so it takes no more chunks. Publish to another stream.`,
  );

const tooMuchWaits = (): MoorlineError =>
  new MoorlineError(
    'redis_unavailable',
    `More chunks wait for Redis than this process holds (${maxWaitingBytes} bytes). Try again more slowly.`,
    { retryAfterMs: 1000 },
  );
