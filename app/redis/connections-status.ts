import { formatAddress, type Connection } from './connection.js';
import type { ConnectionsStatus } from './types.js';

/** What is known of the connections, as it is told. */
export interface StatusFacts extends Pick<ConnectionsStatus, 'maxConnections' | 'full' | 'roles' | 'sentinels'> {
  /** That of the commands. */
  readonly connection: Connection | undefined;
  readonly probeFailure: string | undefined;
  readonly dataLoss: string | undefined;
  readonly epoch: string | undefined;
}

export function connectionsStatus({
  connection,
  probeFailure,
  dataLoss,
  epoch,
  ...facts
}: StatusFacts): ConnectionsStatus {
  const reason = dataLoss ?? notReadyReason(facts.roles, probeFailure);
  return {
    ready: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    ...facts,
    dataLost: dataLoss !== undefined,
    ...(epoch === undefined ? {} : { epoch }),
    ...(connection === undefined
      ? {}
      : {
          primary: formatAddress(connection.address),
          serverVersion: connection.server.version,
          serverRunId: connection.server.runId,
        }),
  };
}

/** Whoever works on dead letters, promises a disk or waits for tasks will see; everybody else does not need those connections. */
const optionalRoles: ReadonlySet<string> = new Set(['admin', 'disk', 'replies']);

function notReadyReason(roles: ConnectionsStatus['roles'], probeFailure: string | undefined): string | undefined {
  for (const [role, { status, lastError }] of Object.entries(roles)) {
    if (status === 'ready' || status === 'idle' || optionalRoles.has(role)) continue;
    return `no connection to Redis (${role}): ${lastError ?? status}`;
  }
  return probeFailure === undefined ? undefined : `the last write failed: ${probeFailure}`;
}
