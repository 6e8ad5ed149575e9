import type { ConnectionsStatus, RoleStatus } from './types.js';

/** The answer of `/api/v1/redis/pool-stats`: four names that operators know from connection pools, and the roles behind them. */
export interface PoolStats {
  readonly max_connections: number;
  /** Open now, Sentinels included. */
  readonly created_connections: number;
  /** Open and idle. */
  readonly available_connections: number;
  /** Open, with calls under way; a connection to a Sentinel always listens. */
  readonly in_use_connections: number;
  readonly lanes: Readonly<Record<string, RoleStatus>>;
}

export function poolStats({ maxConnections, roles, sentinels }: ConnectionsStatus): PoolStats {
  const open = Object.values(roles).filter(({ status }) => status === 'ready');
  const count = (value: (role: RoleStatus) => number) => open.reduce((total, role) => total + value(role), 0);
  const available = count(({ configured, inFlight }) => Math.max(0, configured - inFlight));
  const created = count(({ configured }) => configured) + sentinels.connected;
  return {
    max_connections: maxConnections,
    created_connections: created,
    available_connections: available,
    in_use_connections: created - available,
    lanes: roles,
  };
}
