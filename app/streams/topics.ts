import type { Registry } from 'prom-client';
import type { Bus, PublishOptions } from '../bus/bus.js';
import { TopicTrie } from '../bus/topic-trie.js';
import { checkKey, checkPattern, isOfServer } from '../bus/validate.js';
import type { Logger } from '../log.js';
import type { RedisConnections } from '../redis/types.js';
import { MoorlineError } from '../resilience/errors.js';
import type { HistoryPage } from './history.js';
import { Streams } from './streams.js';
import type { Position, Wanted } from './types.js';

export interface TopicsOptions {
  /** Topics, or patterns of topics, whose messages are kept for a while. Every process must say the same. */
  readonly recoverable: readonly string[];
  /** How long messages are kept after the last one. @default an hour */
  readonly keepMs?: number;
  readonly log: Logger;
  /** @default nowhere */
  readonly metrics?: Registry;
}

/** A topic without messages for so long begins anew: whoever comes back then is told, although he may have missed nothing. */
const keepPositionMs = 7 * 86_400_000;
const maxCachedBytes = 16 * 1024 * 1024;

/**
 * Topics with and without a history. A message of a recoverable topic is kept first and then told on the bus; whoever follows the
 * topic by its position gets every one of them once and in order, as chunks of a stream, or is told.
 */
export class Topics {
  private readonly histories: Streams;
  private readonly recoverable = new TopicTrie<true>();

  constructor(
    connections: RedisConnections,
    private readonly bus: Bus,
    { recoverable, ...options }: TopicsOptions,
  ) {
    for (const pattern of recoverable) {
      checkPattern(pattern);
      this.recoverable.add(pattern, true);
    }
    this.histories = new Streams(connections, { ...options, kind: 'topic', keepPositionMs, maxCachedBytes });
  }

  isRecoverable(topic: string): boolean {
    return !isOfServer(topic) && this.recoverable.matching(topic).size > 0;
  }

  /** As `Bus.publish`. Of a recoverable topic it answers the position after the message. */
  async publish(topic: string, data: unknown, options: PublishOptions = {}): Promise<Position | undefined> {
    if (!this.isRecoverable(topic)) {
      await this.bus.publish(topic, data, options);
      return undefined;
    }
    const { idempotencyKey } = options;
    if (idempotencyKey !== undefined) checkKey(idempotencyKey);
    const position = await this.histories.publish(topic, [data], { idempotencyKey });
    await this.bus.publish(topic, data, options);
    return position;
  }

  /** Of a recoverable topic, from a position on; see `Streams.subscribe`. */
  follow(topic: string, wanted: Wanted, onNews: () => void): ReturnType<Streams['subscribe']> {
    this.checkRecoverable(topic);
    return this.histories.subscribe(topic, wanted, onNews);
  }

  /** Of a recoverable topic; see `Streams.history`. */
  history(topic: string, offset: number): Promise<HistoryPage> {
    this.checkRecoverable(topic);
    return this.histories.history(topic, offset);
  }

  close(): Promise<void> {
    return this.histories.close();
  }

  private checkRecoverable(topic: string): void {
    if (!this.isRecoverable(topic)) throw notRecoverable(topic);
  }
}

const notRecoverable = (topic: string): MoorlineError =>
  new MoorlineError(
    'invalid_request',
    `The topic ${topic} keeps no messages, so it has no positions. Subscribe without one, or name it in MOORLINE_RECOVERABLE_TOPICS.`,
  );
