import { pack, unpack } from 'msgpackr';
import type { Chunk } from '../../streams/types.js';
import { rememberFrames } from './frame-memory.js';

/** How frames are written on one connection. */
export interface Codec {
  readonly name: 'json' | 'msgpack';
  readonly isBinary: boolean;
  encode(frame: object): Buffer;
  /** The same bytes for everybody who follows, made once. */
  chunk(of: Source, chunk: Chunk): Buffer;
  /** Of a topic; likewise for everybody who subscribed to the same pattern. */
  message(topic: string, pattern: string, json: Buffer): Buffer;
  /** Throws where it is not what the codec reads. */
  decode(data: Buffer): unknown;
}

/** Where chunks come from: a stream, or a recoverable topic. */
export interface Source {
  readonly kind: 'stream' | 'topic';
  readonly name: string;
  readonly epoch: string;
}

/** Who subscribed before there was a stream learns by its first chunk which history this is. */
const isFirst = ({ offset }: Chunk): boolean => offset === 1;

/** What is JSON text already is not read. */
class JsonCodec implements Codec {
  readonly name = 'json';
  readonly isBinary = false;
  private readonly remembered = rememberFrames();

  encode(frame: object): Buffer {
    return Buffer.from(JSON.stringify(frame));
  }

  chunk({ kind, name, epoch }: Source, chunk: Chunk): Buffer {
    return this.remembered(chunk, '', () => {
      const epochField = isFirst(chunk) ? `"epoch":"${epoch}",` : '';
      const head = `{"${kind}":"${name}","offset":${chunk.offset},${epochField}"data":`;
      return Buffer.concat([Buffer.from(head), chunk.json, brace]);
    });
  }

  message(topic: string, pattern: string, json: Buffer): Buffer {
    const isPattern = pattern !== topic;
    return this.remembered(json, isPattern ? pattern : '', () => {
      const patternField = isPattern ? `"pattern":"${pattern}",` : '';
      return Buffer.concat([Buffer.from(`{"topic":"${topic}",${patternField}"data":`), json, brace]);
    });
  }

  decode(data: Buffer): unknown {
    return JSON.parse(data.toString());
  }
}

const brace = Buffer.from('}');

class MsgpackCodec implements Codec {
  readonly name = 'msgpack';
  readonly isBinary = true;
  private readonly remembered = rememberFrames();

  encode(frame: object): Buffer {
    return pack(frame);
  }

  chunk({ kind, name, epoch }: Source, chunk: Chunk): Buffer {
    const { offset, json } = chunk;
    return this.remembered(chunk, '', () =>
      pack({ [kind]: name, offset, ...(isFirst(chunk) ? { epoch } : {}), data: parsed(json) }),
    );
  }

  message(topic: string, pattern: string, json: Buffer): Buffer {
    const isPattern = pattern !== topic;
    return this.remembered(json, isPattern ? pattern : '', () =>
      pack({ topic, ...(isPattern ? { pattern } : {}), data: parsed(json) }),
    );
  }

  decode(data: Buffer): unknown {
    return unpack(data);
  }
}

const parsed = (json: Buffer): unknown => JSON.parse(json.toString());

export const codecs: Readonly<Record<Codec['name'], Codec>> = { json: new JsonCodec(), msgpack: new MsgpackCodec() };
