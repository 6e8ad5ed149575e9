import { Redis } from 'ioredis';
import type { Figures } from '../types.js';

interface Reading {
  readonly atMs: number;
  readonly commands: number;
  readonly redisUs: number;
  readonly clientUs: number;
}

/** Reads clocks and counters of Redis and of this process, on a connection of its own. */
export class Meter {
  /** To Redis. */
  readonly connections = 1;
  private readonly redis: Redis;

  constructor(port: number) {
    this.redis = new Redis(port, '127.0.0.1');
  }

  async read(): Promise<Reading> {
    const info = await this.redis.info('cpu', 'commandstats');
    const { user, system } = process.cpuUsage();
    return {
      atMs: performance.now(),
      commands: commandCalls(info),
      redisUs: 1e6 * (infoNumber(info, 'used_cpu_user') + infoNumber(info, 'used_cpu_sys')),
      clientUs: user + system,
    };
  }

  async infoNumber(section: string, name: string): Promise<number> {
    return infoNumber(await this.redis.info(section), name);
  }

  /** How often these were called so far. */
  async callsOf(commands: readonly string[]): Promise<number> {
    const info = await this.redis.info('commandstats');
    const calls = new Map([...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, n]) => [name, Number(n)]));
    return commands.reduce((total, name) => total + (calls.get(name) ?? 0), 0);
  }

  async keysLike(pattern: string): Promise<number> {
    return (await this.redis.keys(pattern)).length;
  }

  /** Commands that clients send during `ms`; those that scripts run are not among them. */
  async commandsSentDuring(wait: () => Promise<void>): Promise<number> {
    const monitor = await this.redis.monitor();
    let commands = 0;
    monitor.on('monitor', (_time: string, _args: readonly string[], source: string) => {
      if (source !== 'lua') commands += 1;
    });
    await wait();
    monitor.disconnect();
    return commands;
  }

  close(): void {
    this.redis.disconnect();
  }
}

/** What a job cost between the two readings. */
export function perJob(jobs: number, from: Reading, to: Reading): Figures {
  return {
    perSecond: (1000 * jobs) / (to.atMs - from.atMs),
    redisUsPerJob: (to.redisUs - from.redisUs) / jobs,
    clientUsPerJob: (to.clientUs - from.clientUs) / jobs,
    commandsPerJob: (to.commands - from.commands) / jobs,
  };
}

/** All commands, those that scripts run included; without the meter's own. */
export function commandCalls(info: string): number {
  const calls = [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  return calls.filter(([, name]) => name !== 'info').reduce((total, [, , count]) => total + Number(count), 0);
}

export function infoNumber(info: string, name: string): number {
  const text = new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1];
  if (text === undefined) throw new Error(`Expected ${name} in the INFO of Redis, got ${info.slice(0, 100)}`);
  return Number(text);
}
