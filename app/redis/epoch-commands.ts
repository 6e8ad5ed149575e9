import { beforeDeadline, Deadline } from '../resilience/deadline.js';
import type { Connection } from './connection.js';
import { epochKey, makeAcceptedEpoch, makeEpoch } from './epoch.js';
import { noAnswer } from './link-errors.js';
import { toMoorlineError } from './redis-errors.js';

/** How long the name of the data may take to a replica. */
const waitMs = 1_000;
const acceptDeadlineMs = 5_000;

/** Gives data without a name one, unless somebody else was first; answers the name that they have. */
export async function nameData(connection: Connection): Promise<string> {
  const made = makeEpoch();
  const before = (await connection.send(['SET', epochKey, made, 'NX', 'GET'])) as Buffer | null;
  if (before !== null) return String(before);
  await reachReplica(connection);
  return made;
}

/** Names the data of the server anew, as those that are accepted in place of `known` and of what the server had. */
export async function acceptData(connection: Connection, known: string | undefined): Promise<string> {
  const deadline = Deadline.after(acceptDeadlineMs);
  try {
    const asked = connection.send(['GET', epochKey]) as Promise<Buffer | null>;
    const found = await beforeDeadline(asked, deadline, noAnswer);
    const accepted = makeAcceptedEpoch([known, found === null ? undefined : String(found)]);
    await beforeDeadline(connection.send(['SET', epochKey, accepted]), deadline, noAnswer);
    await beforeDeadline(reachReplica(connection), deadline, noAnswer);
    return accepted;
  } catch (error) {
    throw toMoorlineError(error);
  }
}

/** A failover must not take the name back. */
async function reachReplica(connection: Connection): Promise<void> {
  if (connection.server.replicas > 0) await connection.send(['WAIT', 1, waitMs]);
}
