import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log.js';
import type { RedisConnections } from '../redis/types.js';
import { isMoorlineError } from '../resilience/errors.js';
import { packEnvelope } from './envelope.js';
import { beatCall, leaveCall } from './library.js';

export interface HeartbeatOptions {
  readonly connections: Pick<RedisConnections, 'call' | 'reconnects' | 'renewSubscriptions'>;
  readonly serverId: string;
  /** What the list of servers says of this one: JSON. */
  readonly about: string;
  readonly intervalMs: number;
  /** Resolves once messages to this server arrive; asked before each beat. */
  readonly listen: () => Promise<void>;
  /** Redis said its time, in an answer to what was asked then. */
  readonly onTime: (redisMs: number, askedAt: number) => void;
  readonly onRoundTrip: (ms: number) => void;
  /** What was published did not come back: the subscriptions are made anew. */
  readonly onSilence: () => void;
  readonly log: Logger;
}

/** What does not come back in so long never will. */
const patienceMs = 5_000;
const retryMs = 1_000;
/** So often it looks whether the connection is another one: that costs Redis nothing. */
const lookMs = 1_000;
const leaveDeadlineMs = 500;

/**
 * Keeps this server in the list of servers, and knows by the same call whether messages come through: a subscription may look fine
 * and hear nothing for ever, as when its connection leads to another server than that of the commands after a failover.
 */
export class Heartbeat {
  /** Why messages do not come through; undefined when they do. */
  failure: string | undefined = 'no message has come through yet';
  private expected: { readonly id: string; readonly heard: (isHeard: true) => void } | undefined;
  private pause = new AbortController();
  private isClosed = false;
  private ended: Promise<void> | undefined;

  constructor(private readonly options: HeartbeatOptions) {}

  start(): void {
    this.ended ??= this.keepBeating();
  }

  /** A message of this heartbeat has come. */
  heard(id: string): void {
    if (this.expected?.id === id) this.expected.heard(true);
  }

  /** Beats again now: something may have changed. */
  hurry(): void {
    this.pause.abort();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.hurry();
    if (this.ended === undefined) return;
    await Promise.race([this.ended, sleep(leaveDeadlineMs)]);
    const { connections, serverId } = this.options;
    // Without Redis the entry goes by itself.
    await connections.call('command', leaveCall(serverId), { deadlineMs: leaveDeadlineMs }).catch(() => undefined);
  }

  private async keepBeating(): Promise<void> {
    while (!this.hasClosed()) {
      this.pause = new AbortController();
      const { reconnects } = this.options.connections;
      this.note(await this.beat());
      await this.rest(reconnects);
    }
  }

  /** Why it failed. */
  private async beat(): Promise<string | undefined> {
    const { connections, serverId, about, listen, onTime, onRoundTrip, onSilence } = this.options;
    const id = randomUUID();
    const coming = new Promise<boolean>((resolve) => {
      this.expected = { id, heard: resolve };
    });
    let askedAt = performance.now();
    try {
      await listen();
      askedAt = performance.now();
      const message = packEnvelope({ kind: 'probe', id, from: serverId, json: Buffer.alloc(0) });
      const time = await connections.call('command', beatCall(serverId, about, message), { repeatable: true });
      onTime(Number(time), askedAt);
    } catch (error) {
      // Full is not silent.
      return isMoorlineError(error) && error.code === 'quota_exceeded' ? undefined : (error as Error).message;
    }
    const { signal } = this.pause;
    if (await Promise.race([coming, sleep(patienceMs, false, { signal, ref: false }).catch(() => false)])) {
      onRoundTrip(performance.now() - askedAt);
      return undefined;
    }
    // Something has changed meanwhile: the next one tells.
    if (signal.aborted) return this.failure;
    const silence = `what was published did not come back within ${patienceMs} ms`;
    onSilence();
    connections.renewSubscriptions(silence);
    return silence;
  }

  /** Ends early when the connection is another one than before the beat. */
  private async rest(reconnects: number): Promise<void> {
    const { connections, intervalMs } = this.options;
    const { signal } = this.pause;
    const restMs = this.failure === undefined ? intervalMs : Math.min(retryMs, intervalMs);
    const until = performance.now() + restMs * (0.9 + Math.random() / 10);
    while (!signal.aborted && connections.reconnects === reconnects && performance.now() < until) {
      const ms = Math.min(lookMs, until - performance.now());
      await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private note(failure: string | undefined): void {
    const { log } = this.options;
    if (failure !== undefined && this.failure === undefined)
      log.warn({ reason: failure }, 'messages do not come through');
    if (failure === undefined && this.failure !== undefined) log.debug({}, 'messages come through');
    this.failure = failure;
  }

  /** A method, since it changes while the loop awaits. */
  private hasClosed(): boolean {
    return this.isClosed;
  }
}
