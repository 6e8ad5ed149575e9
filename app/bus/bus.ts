import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import type { Logger } from '../log.js';
import type { RedisConnections } from '../redis/types.js';
import { MoorlineError } from '../resilience/errors.js';
import { createBusMetrics, type BusMetrics } from './bus-metrics.js';
import { packEnvelope, readMessage, type Message } from './envelope.js';
import { Lane, type Overflow } from './lane.js';
import { partitionChannel, partitionOf, partitions, serverChannel } from './library.js';
import { BusPublisher } from './publisher.js';
import { RedisClock } from './redis-clock.js';
import { TopicTrie } from './topic-trie.js';
import { checkKey, checkPattern, checkServerId, checkTopic, isOfServer, jsonOf, ofServer } from './validate.js';

export interface BusOptions {
  readonly serverId: string;
  readonly log: Logger;
  /** @default nowhere */
  readonly metrics?: Registry;
}

export interface PublishOptions {
  /** The same key again within two minutes publishes nothing. */
  readonly idempotencyKey?: string;
  /** W3C `traceparent`. */
  readonly trace?: string;
}

export interface SubscribeOptions {
  /** Messages that wait for the handler, at most. @default 1000 */
  readonly maxWaiting?: number;
  /** What becomes of a message beyond. @default drop-oldest */
  readonly overflow?: Overflow;
  /** Messages may have been missed, since the connection was lost. */
  readonly onGap?: () => void;
}

/** Handles one message; the next one comes when it has. */
export type MessageHandler = (message: Message) => void | Promise<void>;

interface Listener {
  readonly lane: Lane<Message>;
  readonly onGap: () => void;
}

const onceWindowMs = 120_000;
const defaultMaxWaiting = 1_000;

/** The event bus: messages by topic, or to one server, to whoever listens now. At most once, in order within a topic. */
export class Bus {
  private readonly publisher: BusPublisher;
  private readonly clock: RedisClock;
  private readonly metrics: BusMetrics;
  private readonly listeners = new TopicTrie<Listener>();
  private readonly channels = new Map<string, { count: number; readonly open: Promise<() => void> }>();

  constructor(
    private readonly connections: RedisConnections,
    private readonly options: BusOptions,
  ) {
    this.publisher = new BusPublisher(connections);
    this.clock = new RedisClock(connections);
    this.metrics = createBusMetrics(options.metrics ?? new Registry());
  }

  /** Resolves when Redis has handed it to all processes that listen; it tells nothing of their handlers. */
  async publish(topic: string, data: unknown, { idempotencyKey, trace }: PublishOptions = {}): Promise<void> {
    checkTopic(topic);
    const bytes = this.envelope(data, { topic, ...(trace === undefined ? {} : { trace }) });
    const channel = partitionChannel(partitionOf(topic));
    if (idempotencyKey === undefined) await this.publisher.publish(channel, bytes);
    else await this.publishOnce(channel, bytes, `${topic}:${idempotencyKey}`);
    this.metrics.published.inc();
  }

  /** To the one server that has this id. Rejects with `not_found` when there is none. */
  async send(serverId: string, data: unknown): Promise<void> {
    checkServerId(serverId);
    const reached = await this.publisher.publish(serverChannel(serverId), this.envelope(data, {}));
    // The nodes of a cluster know of their own subscribers alone.
    if (reached === 0 && !this.connections.isCluster) throw noServer(serverId);
    this.metrics.published.inc();
  }

  /**
   * Resolves once messages arrive, with the function that ends it. `*` is one part of a topic, `**` at the end all that follow;
   * `server:<id of this server>` is what is sent to this server alone.
   */
  async subscribe(pattern: string, handler: MessageHandler, options: SubscribeOptions = {}): Promise<() => void> {
    checkPattern(pattern);
    const wanted = this.channelsOf(pattern);
    const listener = this.listener(handler, options);
    this.listeners.add(pattern, listener);
    return this.listen(wanted, () => {
      this.listeners.delete(pattern, listener);
    });
  }

  async close(): Promise<void> {
    this.clock.stop();
    for (const { open } of this.channels.values()) (await open.catch(() => undefined))?.();
    this.channels.clear();
  }

  private channelsOf(pattern: string): readonly string[] {
    if (isOfServer(pattern)) {
      if (pattern === ofServer(this.options.serverId)) return [serverChannel(this.options.serverId)];
      throw new MoorlineError('not_found', `Expected the id of this server, ${this.options.serverId}, got ${pattern}`);
    }
    if (!pattern.includes('*')) return [partitionChannel(partitionOf(pattern))];
    return Array.from({ length: partitions }, (_, partition) => partitionChannel(partition));
  }

  private envelope(data: unknown, rest: { readonly topic?: string; readonly trace?: string }): Buffer {
    return packEnvelope({ id: randomUUID(), from: this.options.serverId, json: jsonOf(data), ...rest });
  }

  private async publishOnce(channel: string, bytes: Buffer, key: string): Promise<void> {
    checkKey(key);
    await this.publisher.publishOnce(channel, bytes, key, onceWindowMs);
  }

  private listener(handler: MessageHandler, options: SubscribeOptions): Listener {
    const { maxWaiting = defaultMaxWaiting, overflow = 'drop-oldest', onGap = () => undefined } = options;
    const onDropped = (): void => {
      this.metrics.dropped.inc();
    };
    return { lane: new Lane((message) => this.handle(handler, message), { maxWaiting, overflow, onDropped }), onGap };
  }

  private async listen(names: readonly string[], forget: () => void): Promise<() => void> {
    this.clock.start();
    const close = (): void => {
      forget();
      for (const name of names) this.leave(name);
    };
    try {
      await Promise.all(names.map((name) => this.join(name)));
    } catch (error) {
      close();
      throw error;
    }
    return close;
  }

  private async join(name: string): Promise<void> {
    const channel = this.channels.get(name) ?? { count: 0, open: this.open(name) };
    channel.count += 1;
    this.channels.set(name, channel);
    await channel.open;
  }

  private leave(name: string): void {
    const channel = this.channels.get(name);
    if (channel === undefined) return;
    channel.count -= 1;
    if (channel.count > 0) return;
    this.channels.delete(name);
    channel.open.then(
      (unsubscribe) => {
        unsubscribe();
      },
      () => undefined,
    );
  }

  private open(name: string): Promise<() => void> {
    return this.connections.subscribe(name, {
      onMessage: (bytes) => {
        this.receive(bytes);
      },
      onGap: () => {
        this.metrics.gaps.inc();
        for (const { onGap } of this.listeners.values()) onGap();
      },
    });
  }

  private receive(bytes: Buffer): void {
    const message = readMessage(bytes);
    if (message === undefined) return;
    const topic = message.topic ?? ofServer(this.options.serverId);
    const wanting = this.listeners.matching(topic);
    if (wanting.size === 0) return;
    this.metrics.received.inc();
    for (const { lane } of wanting) lane.push(message);
  }

  private handle(handler: MessageHandler, message: Message): void | Promise<void> {
    const tookMs = this.clock.since(message.publishedAt);
    if (tookMs !== undefined) this.metrics.latency.observe(tookMs / 1_000);
    const failed = (error: unknown): void => {
      this.metrics.failed.inc();
      this.options.log.error({ err: error, topic: message.topic }, 'a handler of a topic failed');
    };
    try {
      const handling = handler(message);
      return handling instanceof Promise ? handling.catch(failed) : undefined;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }
}

const noServer = (serverId: string): MoorlineError =>
  new MoorlineError('not_found', `No server with the id ${serverId} listens now. Its id changes with every start.`);
