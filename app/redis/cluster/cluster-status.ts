import { roles as roleLimits } from '../roles.js';
import type { RoundTripTimes } from '../round-trips.js';
import type { ConnectionsStatus, Role, RoleStatus } from '../types.js';

/** From the worst to the best. A connection that one node has makes up for those that are idle at the others. */
const breakerStates = ['open', 'half-open', 'closed'] as const;
const states = ['closed', 'reconnecting', 'connecting', 'ready', 'idle'] as const;

/** What the connections to all primaries are together: the sum of what they hold, and the worst of how they are. */
export function sumOfRoles(nodes: readonly ConnectionsStatus[]): ConnectionsStatus['roles'] {
  const roleNames = Object.keys(roleLimits) as Role[];
  return Object.fromEntries(roleNames.map((role) => [role, sumOf(nodes.map(({ roles }) => roles[role]))])) as Record<
    Role,
    RoleStatus
  >;
}

function sumOf(parts: readonly RoleStatus[]): RoleStatus {
  const sum = (value: (part: RoleStatus) => number) => parts.reduce((total, part) => total + value(part), 0);
  const lastFailed = parts.reduce<RoleStatus | undefined>(
    (last, part) => ((part.lastErrorAtMs ?? 0) > (last?.lastErrorAtMs ?? 0) ? part : last),
    undefined,
  );
  const breaker = breakerStates.find((state) => parts.some((part) => part.breaker === state));
  const times = parts.flatMap(({ rttMs }) => rttMs ?? []);
  const slowest = (value: (time: RoundTripTimes) => number) => Math.max(...times.map(value));
  return {
    configured: sum(({ configured }) => configured),
    status: states.find((state) => parts.some(({ status }) => status === state)) ?? 'connecting',
    inFlight: sum(({ inFlight }) => inFlight),
    queuedBytes: sum(({ queuedBytes }) => queuedBytes),
    ...(times.length === 0 ? {} : { rttMs: { p50: slowest(({ p50 }) => p50), p99: slowest(({ p99 }) => p99) } }),
    ...(breaker === undefined ? {} : { breaker }),
    reconnects: sum(({ reconnects }) => reconnects),
    ...(lastFailed?.lastError === undefined ? {} : { lastError: lastFailed.lastError }),
    ...(lastFailed?.lastErrorAtMs === undefined ? {} : { lastErrorAtMs: lastFailed.lastErrorAtMs }),
  };
}
