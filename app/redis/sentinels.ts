import { setTimeout as sleep } from 'node:timers/promises';
import type { HostPort, RedisConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import { beforeDeadline, Deadline } from '../resilience/deadline.js';
import { formatAddress } from './connection.js';
import { Keeper } from './keeper.js';
import type { PrimaryLocator } from './primary-locator.js';
import { SentinelConnection } from './sentinel-connection.js';
import { isUndisputed, newestPrimary, type SentinelAnswer } from './sentinel-vote.js';

/** All Sentinels are asked at once; whoever has not answered by then does not count. */
const askDeadlineMs = 1_000;

/** So long the other answers are waited for after the first one: a Sentinel that knows of a newer primary must be heard. */
const othersGraceMs = 200;

/** How many replicas there are changes when people change it. */
const replicasTrustMs = 30_000;

/** Finds the primary by its Sentinels: one connection to each, whatever the number of roles that ask. */
export class Sentinels implements PrimaryLocator {
  private readonly keepers: readonly Keeper<SentinelConnection>[];
  private readonly listeners: (() => void)[] = [];
  private locating: Promise<HostPort> | undefined;
  private lastAnswers: { readonly replicas: number; readonly atMs: number } = { replicas: 0, atMs: 0 };

  constructor(
    redis: RedisConfig,
    addresses: readonly HostPort[],
    private readonly primaryName: string,
    log: Logger,
  ) {
    const moved = () => {
      for (const listener of this.listeners) listener();
    };
    this.keepers = addresses.map(
      (address) =>
        new Keeper(() => SentinelConnection.open(address, redis, primaryName, moved), {
          // An announcement may have been missed while the connection was away.
          onOpen: moved,
          onDown: (reason) => {
            log.debug({ sentinel: formatAddress(address), reason }, 'no connection to a Sentinel');
          },
        }),
    );
  }

  /** Roles that ask at the same time share one question. */
  locate(): Promise<HostPort> {
    this.locating ??= this.askAll().finally(() => {
      this.locating = undefined;
    });
    return this.locating;
  }

  onMove(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** As they said lately; while it is asked for it is kept up to date. */
  get replicas(): number {
    if (performance.now() - this.lastAnswers.atMs > replicasTrustMs) this.locate().catch(() => undefined);
    return this.lastAnswers.replicas;
  }

  /** A failover's leader alone may know of it: every Sentinel that there is a connection to is heard. */
  async isUndisputed(primary: HostPort): Promise<boolean> {
    const deadline = Deadline.after(askDeadlineMs);
    const connected = this.keepers.filter(({ current }) => current !== undefined);
    const heard = await Promise.allSettled(connected.map((keeper) => ask(keeper, deadline)));
    const answers = heard.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    this.learn(answers);
    return isUndisputed(primary, answers, this.keepers.length);
  }

  connections(): { readonly configured: number; readonly connected: number } {
    const connected = this.keepers.filter(({ current }) => current !== undefined).length;
    return { configured: this.keepers.length, connected };
  }

  async close(): Promise<void> {
    await Promise.all(this.keepers.map((keeper) => keeper.close('closing')));
  }

  private async askAll(): Promise<HostPort> {
    const answers: SentinelAnswer[] = [];
    const failures: string[] = [];
    const deadline = Deadline.after(askDeadlineMs);
    const asks = this.keepers.map(async (keeper) => {
      try {
        answers.push(await ask(keeper, deadline));
      } catch (error) {
        failures.push((error as Error).message);
        throw error;
      }
    });
    await Promise.race([Promise.allSettled(asks), firstAnd(asks, othersGraceMs)]);
    this.learn(answers);
    const primary = newestPrimary(answers);
    if (primary === undefined) {
      throw new Error(
        `no Sentinel says where the primary "${this.primaryName}" is: ${[...new Set(failures)].join('; ')}`,
      );
    }
    return primary;
  }

  /** Silence is no news: there are as many replicas as before. */
  private learn(answers: readonly SentinelAnswer[]): void {
    const heard = answers.map((answer) => answer.replicas);
    const replicas = heard.length === 0 ? this.lastAnswers.replicas : Math.max(...heard);
    this.lastAnswers = { replicas, atMs: performance.now() };
  }
}

async function ask(keeper: Keeper<SentinelConnection>, deadline: Deadline): Promise<SentinelAnswer> {
  const connection = await keeper.next(deadline);
  if (connection === undefined) throw new Error(keeper.lastError ?? 'a Sentinel cannot be reached');
  return beforeDeadline(connection.ask(), deadline, () => new Error('a Sentinel does not answer'));
}

/** The first success and some time more; never when there is none. */
async function firstAnd(asks: readonly Promise<void>[], graceMs: number): Promise<void> {
  try {
    await Promise.any(asks);
  } catch {
    await new Promise(() => undefined);
  }
  await sleep(graceMs);
}
