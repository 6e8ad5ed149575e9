import type { MappedAddress } from './address-map.js';
import type { Values } from './read-environment.js';
import type { HostPort, RedisTarget } from './redis-uri.js';

/** Some settings have a name of their own for workers. */
export type ProcessKind = 'gateway' | 'worker' | 'agent';

/** Everything that a server process is told, checked. Times in milliseconds. */
export interface Config {
  readonly kind: ProcessKind;
  /** Unique for each process. */
  readonly serverId: string;
  readonly pod: PodConfig;
  readonly redis: RedisConfig;
  readonly http: HttpConfig;
  readonly log: { readonly level: Values['MOORLINE_LOG_LEVEL'] };
  readonly queue: { readonly doneWindowMs: number; readonly waitReplicasTimeoutMs: number };
  readonly streams: { readonly keepMs: number; readonly keepEndedMs: number };
  readonly topics: { readonly recoverable: readonly string[] };
  readonly live: LiveConfig;
  readonly worker: WorkerConfig;
  /** Of an agent alone. */
  readonly agent?: AgentConfig;
  readonly shutdownGraceMs: number;
}

export interface PodConfig {
  readonly name: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly cpuLimitMillicores?: number;
  readonly memoryLimitBytes?: number;
}

export interface RedisConfig {
  readonly target: RedisTarget;
  /** Where the URI names none. */
  readonly user?: string;
  readonly password?: string;
  readonly sentinelPassword?: string;
  /** Where the passwords come from, if from files: read at each connect, so that changed ones count. */
  readonly passwordFile?: string;
  readonly sentinelPasswordFile?: string;
  /** Present when the URI says rediss. Files are read at each connect, so that renewed certificates count. */
  readonly tls?: TlsConfig;
  /** Where servers are reached that announce other addresses. */
  readonly addressMap?: readonly MappedAddress[];
  readonly maxConnections: number;
  readonly socketTimeoutMs: number;
  readonly blockingTimeoutMs: number;
  readonly healthCheckIntervalMs: number;
}

export interface TlsConfig {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
}

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  /** How long a gateway that is told to stop goes on serving. */
  readonly drainMs: number;
  /** Of more tokens, which may do less. */
  readonly tokensFile?: string;
  readonly maxBodyBytes: number;
  /** With it HTTPS is spoken and nothing else. Files are read again, so that a renewed certificate counts. */
  readonly tls?: HttpTlsConfig;
}

export interface HttpTlsConfig {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Of those who follow streams and topics through a gateway. */
export interface LiveConfig {
  readonly jwt: {
    readonly secret?: string;
    readonly jwksFile?: string;
    readonly audience?: string;
    readonly issuer?: string;
  };
  /** Empty: pages of all origins. */
  readonly origins: readonly string[];
  readonly maxSockets: number;
  readonly maxSocketsPerAddress: number;
}

export interface WorkerConfig {
  readonly handlersFile?: string;
  readonly pushUrls: Readonly<Record<string, string>>;
  /** So many jobs at the same time, or bounds to find the number within. */
  readonly concurrency: number | { readonly min: number; readonly max: number };
  readonly leaseMs: number;
  readonly jobTimeoutMs: number;
}

export interface AgentConfig {
  readonly sentinels: readonly HostPort[];
  readonly primaryName: string;
  /** The data nodes in the order of their ordinals. */
  readonly nodes: readonly HostPort[];
  /** Names of objects in the agent's own namespace. */
  readonly namespace: string;
  readonly statefulSet: string;
  readonly lease: string;
  readonly topology: string;
  /** The certificates that it renews, each as `SECRET=NAME,NAME`. */
  readonly certificates?: { readonly authority: string; readonly wanted: readonly string[] };
}
