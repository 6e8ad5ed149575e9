import type { Chunk } from './types.js';

const lengthBytes = 4;

/** Chunks one behind the other, each with its length before it. */
export function packChunks(chunks: readonly Buffer[]): Buffer {
  const packed = Buffer.allocUnsafe(chunks.reduce((total, chunk) => total + lengthBytes + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    at = packed.writeUInt32BE(chunk.length, at);
    at += chunk.copy(packed, at);
  }
  return packed;
}

/** The first of them has the offset `first`. Views of `packed`, no copies. */
export function unpackChunks(packed: Buffer, first: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < packed.length;) {
    const length = packed.readUInt32BE(at);
    chunks.push({ offset: first + chunks.length, json: packed.subarray(at + lengthBytes, at + lengthBytes + length) });
    at += lengthBytes + length;
  }
  return chunks;
}

/** A batch as it is published; see functions/streams.lua. */
export interface LiveBatch {
  readonly epoch: string;
  readonly first: number;
  readonly chunks: readonly Chunk[];
  readonly ended: boolean;
}

const newline = 10;

export function readLiveBatch(message: Buffer): LiveBatch {
  const end = message.indexOf(newline);
  const [epoch = '', first, , ended] = message.toString('latin1', 0, end).split(' ');
  return {
    epoch,
    first: Number(first),
    chunks: unpackChunks(message.subarray(end + 1), Number(first)),
    ended: ended === '1',
  };
}
