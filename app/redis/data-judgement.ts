import { epochKey, isAcceptedAfter } from './epoch.js';

/** A mark is a number that a process writes now and then, each larger than the one before: milliseconds of its own clock. */
export interface Marks {
  readonly first: number;
  /** The last one that Redis has taken. */
  readonly last: number;
}

/** What a process knows of the data. */
export interface KnownData {
  readonly epoch: string;
  /** Undefined before the first. */
  readonly marks: Marks | undefined;
}

/** What a server has. */
export interface FoundData {
  readonly epoch: string | undefined;
  /** Of this very process. */
  readonly mark: number | undefined;
}

export type DataVerdict =
  | { readonly verdict: 'same' }
  /** An operator has put these in the place of the others. */
  | { readonly verdict: 'accepted' }
  | { readonly verdict: 'lost'; readonly reason: string };

/** What a failover may cost at most: the writes that no replica had yet, and those of a replica that lags. */
const toleratedMs = 30_000;

/** Decides whether a server has the data that were written before. `intervalMs` is the time between two marks. */
export function judgeData(known: KnownData, found: FoundData, intervalMs: number): DataVerdict {
  if (found.epoch === undefined) {
    return lost(`its data are gone (there is no ${epochKey}, and it was ${known.epoch})`);
  }
  if (found.epoch !== known.epoch) {
    return isAcceptedAfter(found.epoch, known.epoch)
      ? { verdict: 'accepted' }
      : lost(`its data are others (their epoch is ${found.epoch}, and was ${known.epoch})`);
  }
  const missingMs = missingTime(known.marks, found.mark);
  return missingMs > toleratedMs + intervalMs
    ? lost(`its data are from before: about ${Math.round(missingMs / 1000)} s of writes are missing`)
    : { verdict: 'same' };
}

/** How far back the server is. Where it has no mark at all, as far as this process can tell. */
function missingTime(marks: Marks | undefined, found: number | undefined): number {
  return marks === undefined ? 0 : marks.last - (found ?? marks.first);
}

function lost(reason: string): DataVerdict {
  return { verdict: 'lost', reason };
}
