import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from '../metrics.js';
import type { BreakerState } from '../resilience/breaker.js';
import type { ConnectionsStatus, Role, RoleStatus } from './types.js';

/** What can be seen of the connections from outside. */
export interface RedisMetrics {
  readonly refused: (role: Role) => void;
  /** To another primary; after so long without one. */
  readonly moved: (seconds: number) => void;
  readonly probed: (seconds: number) => void;
  /** To be called with each command that the role sends. */
  readonly commandsOf: (role: Role) => () => void;
}

const breakerValues: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 0.5, open: 1 };

export function registerRedisMetrics(registry: Registry, status: () => ConnectionsStatus): RedisMetrics {
  const registers = [registry];
  const perRole = (name: string, help: string, value: (role: RoleStatus) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['role'],
      registers,
      collect() {
        for (const [role, of] of Object.entries(status().roles)) this.set({ role }, value(of));
      },
    });

  new Gauge({
    name: 'moorline_redis_ready',
    help: 'Whether every connection is up and the last probe was written',
    registers,
    collect() {
      this.set(status().ready ? 1 : 0);
    },
  });
  perRole('moorline_redis_connected', 'Whether the connection of the role is up', ({ status: now }) =>
    now === 'ready' ? 1 : 0,
  );
  perRole('moorline_redis_calls_in_flight', 'Calls that wait for a connection or a reply', ({ inFlight }) => inFlight);
  perRole('moorline_redis_waiting_bytes', 'What these calls weigh', ({ queuedBytes }) => queuedBytes);
  perRole(
    'moorline_redis_breaker_open',
    'Whether calls are refused at once since Redis has not served for a while; 0.5 while one call tries',
    ({ breaker = 'closed' }) => breakerValues[breaker],
  );
  new Gauge({
    name: 'moorline_redis_full',
    help: 'Whether Redis has no room (or no quota) for more, so that what needs it is refused',
    registers,
    collect() {
      this.set(status().full ? 1 : 0);
    },
  });
  new Gauge({
    name: 'moorline_redis_data_lost',
    help: 'Whether the data that this process has worked with are gone, so that it serves nothing',
    registers,
    collect() {
      this.set(status().dataLost ? 1 : 0);
    },
  });
  perRole('moorline_redis_reconnects', 'How often the connection was made anew', ({ reconnects }) => reconnects);

  const refused = new Counter({
    name: 'moorline_redis_refused_calls_total',
    help: 'Calls that were refused since too many were waiting already',
    labelNames: ['role'],
    registers,
  });
  const moves = new Counter({
    name: 'moorline_redis_primary_changes_total',
    help: 'How often another server was found to be the primary',
    registers,
  });
  const failovers = new Histogram({
    name: 'moorline_redis_failover_seconds',
    help: 'How long this process was without a primary until it found the next one',
    buckets: [0.1, 0.25, 0.5, 1, 2, 4, 6, 10, 20, 60, 300],
    registers,
  });
  const commands = new Counter({
    name: 'moorline_redis_commands_total',
    help: 'Commands sent; divided by the jobs enqueued and settled meanwhile: Redis commands per job',
    labelNames: ['role'],
    registers,
  });
  const probe = new Histogram({
    name: 'moorline_redis_probe_seconds',
    help: 'How long a small write takes',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  return {
    refused: (role) => {
      refused.inc({ role });
    },
    moved: (seconds) => {
      moves.inc();
      failovers.observe(seconds);
    },
    commandsOf: (role) => {
      const ofRole = commands.labels(role);
      return () => {
        ofRole.inc();
      };
    },
    probed: (seconds) => {
      probe.observe(seconds);
    },
  };
}
