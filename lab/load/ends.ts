import { setTimeout as sleep } from 'node:timers/promises';
import type { Body, Client } from './client.js';
import { queue } from './work.js';

const askers = 6;
const pollMs = 200;

/** Where a job is at last: `done` or `dead`, `missing` when the queue does not know it, else where it still waits. */
export interface End {
  readonly state: string;
  /** A dead letter tells why. */
  readonly hasReason: boolean;
}

/** Asks for every job until all of them have ended, or the time is up. */
export async function endsOf(
  client: Client,
  ids: ReadonlySet<string>,
  deadlineMs: number,
): Promise<ReadonlyMap<string, End>> {
  const deadline = performance.now() + deadlineMs;
  const ends = new Map<string, End>();
  const open = [...ids];
  const ask = async (): Promise<void> => {
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      const end = endOf(await client.call(`/api/v1/queues/${queue}/jobs/${encodeURIComponent(id)}`));
      ends.set(id, end);
      if (isFinal(end) || performance.now() >= deadline) continue;
      open.push(id);
      await sleep(pollMs);
    }
  };
  await Promise.all(Array.from({ length: askers }, ask));
  return ends;
}

function endOf({ status, body }: { readonly status: number; readonly body?: Body }): End {
  if (status === 404) return { state: 'missing', hasReason: false };
  return { state: body?.state ?? 'unknown', hasReason: (body?.errors?.length ?? 0) > 0 };
}

const isFinal = ({ state }: End): boolean => ['done', 'dead', 'missing'].includes(state);
