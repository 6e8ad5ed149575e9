import type { FastifyRequest } from 'fastify';
import type { HistoryPage } from '../../streams/history.js';
import { decideStart, readFrom } from '../../streams/start.js';
import type { Position } from '../../streams/types.js';

/** What the browser remembers of the last event counts more than what the page asked for at first. */
export function positionOf(
  { headers }: FastifyRequest,
  { offset = 0, epoch = '' }: { readonly offset?: number; readonly epoch?: string },
): { readonly position: Position; readonly isReturning: boolean } {
  const last = /^([A-Za-z0-9]*):(\d{1,15})$/.exec(String(headers['last-event-id'] ?? ''));
  if (last === null) return { position: { epoch, offset }, isReturning: false };
  return { position: { epoch: last[1] ?? '', offset: Number(last[2]) }, isReturning: true };
}

/** A page of the history of a stream or a topic. Chunks are JSON texts already. */
export async function historyJson(
  name: { readonly stream: string } | { readonly topic: string },
  read: (offset: number) => Promise<HistoryPage>,
  wanted: Position,
): Promise<string> {
  let page = await read(wanted.offset);
  const from = readFrom(wanted, page.state);
  if (from !== wanted.offset) page = await read(from);
  const { state, chunks } = page;
  const { position, recovered } = decideStart(wanted, state, chunks[0]?.offset);
  const list = chunks.map(({ offset, json }) => `{"offset":${offset},"data":${json.toString()}}`);
  const last = chunks.at(-1)?.offset ?? position.offset;
  const head = JSON.stringify({
    ...name,
    epoch: state.epoch,
    offset: last,
    recovered,
    ended: state.ended && last >= state.offset,
  });
  return `${head.slice(0, -1)},"chunks":[${list.join(',')}]}`;
}
