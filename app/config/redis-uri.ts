/** Where a host listens. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

interface Common {
  readonly tls: boolean;
  readonly user?: string;
  readonly db: number;
}

/** What `REDIS_URI` says: one server, the Sentinels that know which server is the primary, or some nodes of a Redis Cluster. */
export type RedisTarget =
  | (Common & { readonly kind: 'server'; readonly server: HostPort })
  | (Common & { readonly kind: 'sentinel'; readonly sentinels: readonly HostPort[]; readonly primaryName: string })
  | (Common & { readonly kind: 'cluster'; readonly nodes: readonly HostPort[] });

export const redisUriForms =
  'redis://[user@]host:port[/db], rediss://[user@]host:port[/db], ' +
  'redis+sentinel://[user@]host:port,host:port/primary-name[/db], rediss+sentinel://[user@]host:port,host:port/primary-name[/db], ' +
  'redis+cluster://[user@]host:port,host:port or rediss+cluster://[user@]host:port,host:port';

/** Throws an Error that says what is wrong and never repeats the text: it may carry a password. */
export function parseRedisUri(text: string): RedisTarget {
  const match = /^(?<scheme>[a-z+]+):\/\/(?:(?<userInfo>[^/]*)@)?(?<hosts>[^/@?#]+)(?<path>\/[^?#]*)?$/.exec(text);
  const { scheme, userInfo, hosts, path = '' } = match?.groups ?? {};
  // An @ after the first slash is a password with a slash in it: nothing of it may reach an error message.
  if (scheme === undefined || hosts === undefined || path.includes('@')) throw new Error(`expected ${redisUriForms}`);

  const [, tlsMark, kind] = /^redis(s?)(\+sentinel|\+cluster)?$/.exec(scheme) ?? [];
  if (tlsMark === undefined) throw new Error(`expected ${redisUriForms}, got the scheme "${scheme}"`);

  const user = parseUser(userInfo);
  const common = { tls: tlsMark === 's', ...(user === undefined ? {} : { user }) };
  const segments = path.split('/').slice(1).map(decode);
  switch (kind) {
    case '+sentinel':
      return { kind: 'sentinel', ...common, ...parseSentinels(hosts, segments) };
    case '+cluster':
      return { kind: 'cluster', ...common, ...parseCluster(hosts, segments) };
    default:
      return { kind: 'server', ...common, ...parseServer(hosts, segments) };
  }
}

function parseUser(userInfo: string | undefined): string | undefined {
  if (userInfo === undefined || userInfo === '') return undefined;
  if (userInfo.includes(':')) {
    throw new Error('expected no password in the URI; put it into REDIS_PASSWORD_FILE (a file) or REDIS_PASSWORD');
  }
  return decode(userInfo);
}

function parseServer(hosts: string, segments: readonly string[]): { server: HostPort; db: number } {
  const [server, ...others] = parseHosts(hosts, 6379);
  if (server === undefined || others.length > 0) {
    throw new Error('expected one host with redis://; name several Sentinels with redis+sentinel://');
  }
  return { server, db: parseDb(segments) };
}

function parseSentinels(hosts: string, segments: readonly string[]) {
  const [primaryName = '', ...rest] = segments;
  if (primaryName === '') throw new Error('expected the name of the primary after the Sentinels: .../primary-name');
  return { sentinels: parseHosts(hosts, 26379), primaryName, db: parseDb(rest) };
}

function parseCluster(hosts: string, segments: readonly string[]): { nodes: HostPort[]; db: number } {
  const db = parseDb(segments);
  if (db !== 0) throw new Error(`expected database 0, the only one of a Redis Cluster, got ${db}`);
  return { nodes: parseHosts(hosts, 6379), db };
}

function parseDb(segments: readonly string[]): number {
  const [db = '', ...rest] = segments;
  if (rest.length > 0) throw new Error(`expected ${redisUriForms}, got more path segments`);
  if (!/^\d{0,4}$/.test(db)) throw new Error(`expected a database number after the last slash, got "${db}"`);
  return Number(db);
}

/** `host:port` with commas between; throws an Error that says what is wrong. */
export function parseHosts(hosts: string, defaultPort: number): HostPort[] {
  return hosts.split(',').map((text) => parseHost(text, defaultPort));
}

/** `host:port`, `host`, `[IPv6]:port`. */
export function parseHost(text: string, defaultPort: number): HostPort {
  const match = /^(?:\[(?<ipv6>[0-9a-fA-F:.]+)\]|(?<name>[A-Za-z0-9._-]+))(?::(?<port>\d{1,5}))?$/.exec(text);
  const { ipv6, name, port = String(defaultPort) } = match?.groups ?? {};
  const host = ipv6 ?? name;
  if (host === undefined || Number(port) < 1 || Number(port) > 65535) {
    throw new Error(`expected host:port (IPv6 as [::1]:6379), got "${text}"`);
  }
  return { host, port: Number(port) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('expected %-escapes of UTF-8 in user, primary name and database');
  }
}
