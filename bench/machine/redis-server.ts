import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../test/redis/support/free-port.js';
import { waitFor } from '../../test/redis/support/wait-for.js';
import type { ServerSpec } from '../types.js';
import { endWithUs } from './leftovers.js';
import { pinned } from './pinning.js';

/** A redis-server of its own on a free port, with nothing in it and a directory that goes with it; with its replica, if it has one. */
export class RedisServer {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly directory: string,
    private readonly replica?: RedisServer,
  ) {}

  static async start(spec: ServerSpec): Promise<RedisServer> {
    const primary = await startOne(persistenceArgs(spec));
    if (spec.replicas === 0) return new RedisServer(primary.port, primary.child, primary.directory);
    const replica = await startOne(['--replicaof', '127.0.0.1', String(primary.port)]);
    await waitFor('the replica is in step', async () =>
      (await ask(replica.port, (redis) => redis.info('replication'))).includes('master_link_status:up'),
    );
    return new RedisServer(
      primary.port,
      primary.child,
      primary.directory,
      new RedisServer(replica.port, replica.child, replica.directory),
    );
  }

  async stop(): Promise<void> {
    await this.replica?.stop();
    if (this.child.exitCode === null && this.child.kill('SIGKILL')) await once(this.child, 'exit');
    await rm(this.directory, { recursive: true, force: true });
  }
}

interface Started {
  readonly port: number;
  readonly child: ChildProcess;
  readonly directory: string;
}

/** As the bundle sets its servers up, for both sides. */
const bundled = [
  ...['--repl-diskless-sync-delay', '0'],
  ...['--zset-max-listpack-entries', '8', '--hash-max-listpack-entries', '8'],
];

async function startOne(args: readonly string[]): Promise<Started> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'moorline-bench-'));
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const [command, commandArgs] = pinned('redis', 'redis-server', [...options, ...bundled, ...args]);
  const child = spawn(command, commandArgs, { stdio: 'ignore' });
  endWithUs(child, directory);
  await once(child, 'spawn');
  await waitFor(`redis-server on port ${port} answers`, () => ask(port, (redis) => redis.ping()));
  return { port, child, directory };
}

function persistenceArgs({ persistence }: ServerSpec): readonly string[] {
  return persistence === 'none' ? ['--appendonly', 'no'] : ['--appendonly', 'yes', '--appendfsync', persistence];
}

async function ask<T>(port: number, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
