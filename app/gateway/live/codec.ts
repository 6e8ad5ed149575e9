import { pack, unpack } from 'msgpackr';
import type { Chunk } from '../../streams/types.js';

/** How frames are written on one connection. */
export interface Codec {
  readonly name: 'json' | 'msgpack';
  readonly isBinary: boolean;
  encode(frame: object): Buffer;
  /** Of a stream or of a recoverable topic: the same bytes for everybody who follows, made once. */
  chunk(kind: 'stream' | 'topic', name: string, chunk: Chunk): Buffer;
  /** Of a topic; likewise. */
  message(topic: string, json: Buffer): Buffer;
  /** Throws where it is not what the codec reads. */
  decode(data: Buffer): unknown;
}

/** The frame of a chunk goes when the chunk does. */
type Frames = WeakMap<object, Buffer>;

function remembered(frames: Frames, key: object, make: () => Buffer): Buffer {
  const known = frames.get(key) ?? make();
  frames.set(key, known);
  return known;
}

/** What is JSON text already is not read. */
class JsonCodec implements Codec {
  readonly name = 'json';
  readonly isBinary = false;
  private readonly frames: Frames = new WeakMap();

  encode(frame: object): Buffer {
    return Buffer.from(JSON.stringify(frame));
  }

  chunk(kind: 'stream' | 'topic', name: string, chunk: Chunk): Buffer {
    return remembered(this.frames, chunk, () =>
      Buffer.concat([Buffer.from(`{"${kind}":"${name}","offset":${chunk.offset},"data":`), chunk.json, brace]),
    );
  }

  message(topic: string, json: Buffer): Buffer {
    return remembered(this.frames, json, () =>
      Buffer.concat([Buffer.from(`{"topic":"${topic}","data":`), json, brace]),
    );
  }

  decode(data: Buffer): unknown {
    return JSON.parse(data.toString());
  }
}

const brace = Buffer.from('}');

class MsgpackCodec implements Codec {
  readonly name = 'msgpack';
  readonly isBinary = true;
  private readonly frames: Frames = new WeakMap();

  encode(frame: object): Buffer {
    return pack(frame);
  }

  chunk(kind: 'stream' | 'topic', name: string, chunk: Chunk): Buffer {
    return remembered(this.frames, chunk, () =>
      pack({ [kind]: name, offset: chunk.offset, data: JSON.parse(chunk.json.toString()) as unknown }),
    );
  }

  message(topic: string, json: Buffer): Buffer {
    return remembered(this.frames, json, () => pack({ topic, data: JSON.parse(json.toString()) as unknown }));
  }

  decode(data: Buffer): unknown {
    return unpack(data);
  }
}

export const codecs: Readonly<Record<Codec['name'], Codec>> = { json: new JsonCodec(), msgpack: new MsgpackCodec() };
