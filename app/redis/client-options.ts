import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { RedisOptions } from 'ioredis';
import type { RedisConfig, TlsConfig } from '../config/index.js';

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
export function credentials({ target, password }: RedisConfig): RedisOptions {
  return {
    ...(target.user === undefined ? {} : { username: target.user }),
    ...(password === undefined ? {} : { password }),
    db: target.db,
  };
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
