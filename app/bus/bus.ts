import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import type { Logger } from '../log.js';
import type { RedisConnections } from '../redis/types.js';
import { MoorlineError } from '../resilience/errors.js';
import { GradientGate } from '../resilience/limiter/gradient-gate.js';
import { createBusMetrics, type BusMetrics } from './bus-metrics.js';
import { Channels } from './channels.js';
import { packEnvelope, readMessages, type Envelope, type Message } from './envelope.js';
import { Heartbeat } from './heartbeat.js';
import {
  allTopicChannels,
  channelOfServer,
  channelOfTopic,
  publishCall,
  publishOnceCall,
  sendCall,
} from './library.js';
import { Listener, type MessageHandler, type SubscribeOptions } from './listener.js';
import { BusPublisher } from './publisher.js';
import { RedisClock } from './redis-clock.js';
import { Requests, type Method } from './requests.js';
import { listServers, type AboutServer, type ServerView } from './servers.js';
import { TopicTrie } from './topic-trie.js';
import {
  checkKey,
  checkPattern,
  checkServerId,
  checkTimeout,
  checkTopic,
  isOfServer,
  jsonOf,
  ofServer,
} from './validate.js';

export interface BusOptions {
  readonly serverId: string;
  /** What others see of this server in the list of servers. */
  readonly about: AboutServer;
  /** So often the server says that it is there, and looks whether messages come through; 30 s at most. @default 30 000 */
  readonly heartbeatMs?: number;
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

const onceWindowMs = 120_000;
const maxHeartbeatMs = 30_000;
const handlerLimits = { first: 20, min: 4, max: 400 };

/** The event bus: messages by topic, or to one server, to whoever listens now. At most once, in order within a topic. */
export class Bus {
  private readonly publisher: BusPublisher;
  private readonly clock = new RedisClock();
  private readonly gate = new GradientGate(handlerLimits);
  private readonly metrics: BusMetrics;
  private readonly listeners = new TopicTrie<Listener>();
  private readonly channels: Channels;
  private readonly requests: Requests;
  private readonly heartbeat: Heartbeat;
  private readonly ownChannel: string;
  private listening: Promise<void> | undefined;

  constructor(
    private readonly connections: RedisConnections,
    private readonly options: BusOptions,
  ) {
    const { serverId, about, heartbeatMs = maxHeartbeatMs, metrics = new Registry(), log } = options;
    this.ownChannel = channelOfServer(serverId);
    this.publisher = new BusPublisher(connections);
    this.metrics = createBusMetrics(metrics, () => this.gate);
    this.channels = new Channels(connections, {
      onMessage: (channel, bytes) => {
        this.receive(channel, bytes);
      },
      onGap: () => {
        this.tellGap();
      },
    });
    this.requests = new Requests({
      serverId,
      send: (to, envelope) => this.sendTo(to, envelope),
      ageOf: ({ publishedAt }) => this.clock.since(publishedAt),
      log,
    });
    this.heartbeat = new Heartbeat({
      connections,
      serverId,
      about: JSON.stringify(about),
      intervalMs: Math.min(heartbeatMs, maxHeartbeatMs),
      listen: () => this.listenToOwn(),
      onTime: (redisMs, askedAt) => {
        this.clock.note(redisMs, askedAt);
      },
      onRoundTrip: this.metrics.probed,
      onSilence: this.metrics.silence,
      log,
    });
  }

  /** Begins to listen: from now on this server is in the list of servers, and answers requests. */
  start(): void {
    this.heartbeat.start();
  }

  /** Why messages do not come through; undefined when they do. Known once it has started. */
  get failure(): string | undefined {
    return this.heartbeat.failure;
  }

  /** Resolves when Redis has handed it to all processes that listen; it tells nothing of their handlers. */
  async publish(topic: string, data: unknown, { idempotencyKey, trace }: PublishOptions = {}): Promise<void> {
    checkTopic(topic);
    const bytes = packEnvelope({ ...this.message(data), topic, ...(trace === undefined ? {} : { trace }) });
    const channel = channelOfTopic(topic);
    if (idempotencyKey === undefined) {
      await this.publisher.publish(channel, bytes, (messages) => publishCall(channel, messages));
    } else {
      checkKey(idempotencyKey);
      const call = publishOnceCall(channel, bytes, `${topic}:${idempotencyKey}`, onceWindowMs);
      await this.connections.call('command', call, { repeatable: true });
    }
    this.metrics.published();
  }

  /** To the one server that has this id. Rejects with `not_found` when there is none. */
  async send(serverId: string, data: unknown): Promise<void> {
    checkServerId(serverId);
    await this.sendTo(serverId, this.message(data));
  }

  /** Asks a server, and resolves with what its method answers; rejects with `deadline_exceeded` after `timeoutMs`. */
  async request(
    serverId: string,
    method: string,
    data: unknown,
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<unknown> {
    checkServerId(serverId);
    checkTimeout(timeoutMs);
    this.start();
    await this.listenToOwn();
    return this.requests.ask(serverId, method, data, timeoutMs);
  }

  /** Answers the requests of that name from now on. What it throws goes to whoever asked. */
  answer(name: string, method: Method): void {
    this.requests.answer(name, method);
  }

  /** The servers that listen now. */
  servers(): Promise<readonly ServerView[]> {
    return listServers(this.connections);
  }

  /**
   * Resolves once messages arrive, with the function that ends it. `*` is one part of a topic, `**` at the end all that follow;
   * `server:<id of this server>` is what is sent to this server alone. Messages of one topic are handled one after the other.
   */
  async subscribe(pattern: string, handler: MessageHandler, options: SubscribeOptions = {}): Promise<() => void> {
    checkPattern(pattern);
    const names = this.channelsOf(pattern);
    const listener = this.listener(pattern, handler, options);
    this.start();
    this.listeners.add(pattern, listener);
    const close = (): void => {
      if (!listener.close()) return;
      this.listeners.delete(pattern, listener);
      this.channels.leave(names);
    };
    try {
      await this.channels.join(names);
    } catch (error) {
      close();
      throw error;
    }
    return close;
  }

  async close(): Promise<void> {
    await this.heartbeat.close();
    await this.channels.close();
  }

  private channelsOf(pattern: string): readonly string[] {
    if (isOfServer(pattern)) {
      if (pattern === ofServer(this.options.serverId)) return [this.ownChannel];
      throw new MoorlineError('not_found', `Expected the id of this server, ${this.options.serverId}, got ${pattern}`);
    }
    return pattern.includes('*') ? allTopicChannels : [channelOfTopic(pattern)];
  }

  private message(data: unknown): Envelope {
    return { kind: 'message', id: randomUUID(), from: this.options.serverId, json: jsonOf(data) };
  }

  private async sendTo(serverId: string, envelope: Envelope): Promise<void> {
    const callOf = (messages: Buffer) => sendCall(serverId, messages);
    const reached = await this.publisher.publish(channelOfServer(serverId), packEnvelope(envelope), callOf);
    if (reached < 0) throw noServer(serverId);
    // The nodes of a cluster know of their own subscribers alone.
    if (reached === 0 && !this.connections.isCluster) throw notListening(serverId);
    this.metrics.published();
  }

  private listener(pattern: string, handler: MessageHandler, options: SubscribeOptions): Listener {
    return new Listener(handler, options, {
      gate: this.gate,
      hold: () => this.connections.holdMessages(),
      onBegin: ({ publishedAt }) => {
        const tookMs = this.clock.since(publishedAt);
        if (tookMs !== undefined) this.metrics.handled(tookMs);
      },
      onDropped: this.metrics.dropped,
      onFailed: (error) => {
        this.metrics.failed();
        this.options.log.error({ err: error, topic: pattern }, 'a handler of a topic failed');
      },
    });
  }

  /** Once, and again where that failed. */
  private async listenToOwn(): Promise<void> {
    this.listening ??= this.channels.join([this.ownChannel]).catch((error: unknown) => {
      this.listening = undefined;
      this.channels.leave([this.ownChannel]);
      throw error;
    });
    await this.listening;
  }

  private receive(channel: string, bytes: Buffer): void {
    for (const message of readMessages(bytes)) {
      if (message.kind === 'probe') this.heartbeat.heard(message.id);
      else if (!this.requests.take(message)) this.deliver(channel, message);
    }
  }

  private deliver(channel: string, message: Message): void {
    const wanting = this.listeners.matching(message.topic ?? ofServer(this.options.serverId));
    if (wanting.size === 0) return;
    this.metrics.received();
    for (const listener of wanting) listener.take(channel, message);
  }

  private tellGap(): void {
    this.metrics.gap();
    this.heartbeat.hurry();
    for (const listener of this.listeners.values()) listener.onGap();
  }
}

const noServer = (serverId: string): MoorlineError =>
  new MoorlineError(
    'not_found',
    `There is no server with the id ${serverId}. GET /api/v1/servers lists those there are; an id may change with every start.`,
  );

const notListening = (serverId: string): MoorlineError =>
  new MoorlineError(
    'redis_unavailable',
    `Server ${serverId} does not listen now: it is about to stop, or to connect to Redis again. Try again.`,
    { retryAfterMs: 1_000 },
  );
