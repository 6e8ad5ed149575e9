import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { RedisOptions } from 'ioredis';
import { withoutNewline, type RedisConfig, type TlsConfig } from '../config/index.js';

/** To reach a server that is there; a lost node answers nothing at all. */
export const connectTimeoutMs = 1_000;

/** An idle peer that is gone is noticed after so long and ten probes of a second each (they are Node's). */
const keepAliveMs = 10_000;

/** What all our clients have in common. */
export const commonOptions = {
  lazyConnect: true,
  connectTimeout: connectTimeoutMs,
  // No polite end: a frozen server never answers it, and the calls under way wait until then.
  disconnectTimeout: 0,
  keepAlive: keepAliveMs,
  noDelay: true,
  enableReadyCheck: false,
  disableClientInfo: true,
} as const satisfies RedisOptions;

/** User, password and database of the data nodes. */
export async function readCredentials(redis: RedisConfig): Promise<RedisOptions> {
  const username = redis.target.user ?? redis.user;
  const password = await currentSecret(redis.passwordFile, redis.password);
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    db: redis.target.db,
  };
}

export async function sentinelCredentials(redis: RedisConfig): Promise<RedisOptions> {
  const password = await currentSecret(redis.sentinelPasswordFile, redis.sentinelPassword);
  return password === undefined ? {} : { password };
}

/** What the file holds now; while it is being replaced, what it held at the start. */
async function currentSecret(file: string | undefined, atStart: string | undefined): Promise<string | undefined> {
  if (file === undefined) return atStart;
  const text = withoutNewline(await readFile(file, 'utf8').catch(() => ''));
  return text === '' ? atStart : text;
}

/** Reads the files anew each time, so that a renewed certificate counts from the next connect on. */
export async function tlsOptions(tls: TlsConfig | undefined): Promise<{ tls?: ConnectionOptions }> {
  if (tls === undefined) return {};
  const [ca, cert, key] = await Promise.all([tls.caFile, tls.certFile, tls.keyFile].map(readOptional));
  return {
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    },
  };
}

async function readOptional(file: string | undefined): Promise<Buffer | undefined> {
  return file === undefined ? undefined : readFile(file);
}
