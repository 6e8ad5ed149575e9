import type { RedisTarget } from '../config/index.js';

/** What a server says of itself at connect. */
export interface ServerIdentity {
  /** For people: `Redis 7.0.15` or `Valkey 8.0.1`. */
  readonly version: string;
  readonly runId: string;
  /** Connected at that time. */
  readonly replicas: number;
}

export type ServerVerdict =
  { readonly usable: true; readonly server: ServerIdentity } | { readonly usable: false; readonly reason: string };

const leastMajor = 7;

/** Decides by the text of INFO whether a server can be written to by this version of Moorline. */
export function judgeServer(infoText: string, expected: RedisTarget['kind']): ServerVerdict {
  const info = parseInfo(infoText);
  const redisVersion = info.get('redis_version');
  if (redisVersion === undefined) return unusable('it does not answer INFO like Redis');

  const valkeyVersion = info.get('valkey_version');
  const version = valkeyVersion === undefined ? `Redis ${redisVersion}` : `Valkey ${valkeyVersion}`;
  if (Number.parseInt(redisVersion, 10) < leastMajor) {
    return unusable(`it is ${version}; expected Redis ${leastMajor}.0 or later, or Valkey (functions are needed)`);
  }

  const mode = info.get('redis_mode');
  if (mode === 'sentinel') return unusable('it is a Sentinel; write REDIS_URI as redis+sentinel://.../primary-name');
  if (mode === 'cluster' && expected !== 'cluster') {
    return unusable('it is a node of a Redis Cluster; write REDIS_URI as redis+cluster://host:port,host:port');
  }
  if (mode !== 'cluster' && expected === 'cluster') {
    return unusable('it is no node of a Redis Cluster; write REDIS_URI as redis://host:port');
  }
  if (info.get('loading') === '1') return unusable('it is still loading its data');
  const role = info.get('role');
  if (role !== 'master') return unusable(`it is not the primary (its role is ${role ?? 'unknown'})`);

  const replicas = Number(info.get('connected_slaves') ?? 0);
  return { usable: true, server: { version, runId: info.get('run_id') ?? '', replicas } };
}

function unusable(reason: string): ServerVerdict {
  return { usable: false, reason };
}

/** The fields of INFO by name. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const fields = text.split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf(':');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
  });
  return new Map(fields);
}
