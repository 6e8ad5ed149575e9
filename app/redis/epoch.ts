import { randomBytes } from 'node:crypto';

/** Names the data of a Redis: made once, when there is none, and gone or another when the data are. */
export const epochKey = 'moorline:epoch';

const pattern = /^(?<madeAtMs>\d{1,15})-[0-9a-f]{16}(?<accepted>-accepted)?$/;

/** For data that have none. */
export function makeEpoch(): string {
  return `${Date.now()}-${randomBytes(8).toString('hex')}`;
}

/** For data that an operator has accepted in place of those of the other epochs. */
export function makeAcceptedEpoch(others: readonly (string | undefined)[]): string {
  // Newer than the others by all clocks.
  const madeAtMs = Math.max(Date.now(), ...others.map((other) => madeAt(other) + 1));
  return `${madeAtMs}-${randomBytes(8).toString('hex')}-accepted`;
}

/** Whether whoever knew other data may go on with these. Data that are older were accepted in place of older ones. */
export function isAcceptedAfter(found: string, known: string): boolean {
  return pattern.exec(found)?.groups?.['accepted'] !== undefined && madeAt(found) > madeAt(known);
}

function madeAt(epoch: string | undefined): number {
  return Number(pattern.exec(epoch ?? '')?.groups?.['madeAtMs'] ?? 0);
}
