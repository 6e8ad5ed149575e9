import type { RedisConnections } from '../redis/types.js';
import { positionsCall, readCall, type HistoryId } from './library.js';
import { limits } from './limits.js';
import { unpackChunks } from './packed.js';
import type { Chunk, StreamState } from './types.js';

/** Some of the history of a stream, and how far it goes. */
export interface HistoryPage {
  /** `offset` is that of the last chunk there is. An empty epoch: there is no such stream. */
  readonly state: StreamState;
  /** In order and without a gap; the first may be later than what was asked for, where the history does not go so far back. */
  readonly chunks: readonly Chunk[];
}

/** Reads what comes after `offset`. */
export async function readHistory(
  connections: Pick<RedisConnections, 'call'>,
  id: HistoryId,
  offset: number,
  maxBytes: number = limits.maxReadBytes,
): Promise<HistoryPage> {
  const reply = await connections.call('command', readCall(id, [offset, maxBytes]), { repeatable: true });
  const [epoch, top, ended, ...batches] = reply as [Buffer, number, number, ...(number | Buffer)[]];
  const chunks: Chunk[] = [];
  for (let at = 0; at < batches.length; at += 3) {
    const [last, count, packed] = batches.slice(at, at + 3) as [number, number, Buffer];
    for (const chunk of unpackChunks(packed, last - count + 1)) if (chunk.offset > offset) chunks.push(chunk);
  }
  return { state: { epoch: epoch.toString(), offset: top, ended: ended === 1 }, chunks };
}

/** How far they are, in their order. */
export async function readPositions(
  connections: Pick<RedisConnections, 'call' | 'isCluster'>,
  ids: readonly HistoryId[],
): Promise<readonly StreamState[]> {
  const calls = connections.isCluster ? ids.map((id) => [id]) : [ids];
  const replies = await Promise.all(
    calls.map((some) => connections.call('command', positionsCall(some), { repeatable: true })),
  );
  const fields = (replies as (Buffer | number)[][]).flat();
  return ids.map((_, at) => ({
    epoch: String(fields[3 * at]),
    offset: Number(fields[3 * at + 1]),
    ended: fields[3 * at + 2] === 1,
  }));
}
