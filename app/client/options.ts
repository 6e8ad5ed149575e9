/** Through a gateway, from wherever it can be reached. */
export interface GatewayOptions {
  /** For example `http://127.0.0.1:8080`. */
  readonly url: string;
  /** @default none */
  readonly token?: string;
  /** How long a call is tried again while nobody answers or the answer says that trying again may help. @default 30 000 */
  readonly timeoutMs?: number;
}

/** Straight to Redis, without a gateway between. */
export interface RedisOptions {
  /** As `REDIS_URI`: `redis://host:port`, or `redis+sentinel://host:port,host:port/primary-name`. */
  readonly redis: string;
  readonly password?: string;
  readonly sentinelPassword?: string;
  /** PEM file of the authority, with `rediss`. @default that of Node */
  readonly caFile?: string;
}

export type MoorlineOptions = GatewayOptions | RedisOptions;
