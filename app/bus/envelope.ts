import { pack, unpackMultiple } from 'msgpackr';

/** What a message to one server is for. */
export type Kind = 'message' | 'request' | 'reply' | 'failure' | 'probe';

/** What travels with a message. */
export interface Envelope {
  readonly kind: Kind;
  /** Unique; made by the publisher. An answer has the id of its request. */
  readonly id: string;
  /** Of a request the name of its method. Absent for a message to one server. */
  readonly topic?: string;
  /** The server that published it. */
  readonly from: string;
  /** W3C `traceparent`, if the publisher has one. */
  readonly trace?: string;
  /** JSON text. */
  readonly json: Buffer;
  /** Of a request: after so long nobody waits for the answer. */
  readonly timeoutMs?: number;
}

/** A message as it arrives. */
export interface Message extends Envelope {
  /** By the clock of Redis, in ms. */
  readonly publishedAt: number;
}

const version = 1;
const newline = 10;
const kinds: readonly Kind[] = ['message', 'request', 'reply', 'failure', 'probe'];

type Packed = readonly [number, number, string, string | null, string, string | null, Buffer, number];

export function packEnvelope({ kind, id, topic, from, trace, json, timeoutMs }: Envelope): Buffer {
  return pack([
    version,
    kinds.indexOf(kind),
    id,
    topic ?? null,
    from,
    trace ?? null,
    json,
    timeoutMs ?? 0,
  ] satisfies Packed);
}

/** One publication carries several. What another version has sent, which this one does not understand, is left out. */
export function readMessages(bytes: Buffer): readonly Message[] {
  const end = bytes.indexOf(newline);
  const publishedAt = Number(bytes.toString('latin1', 0, end));
  const messages: Message[] = [];
  unpackMultiple(bytes.subarray(end + 1), (packed: unknown) => {
    const message = toMessage(packed as Packed, publishedAt);
    if (message !== undefined) messages.push(message);
  });
  return messages;
}

function toMessage(packed: Packed, publishedAt: number): Message | undefined {
  const [sent, kindNumber, id, topic, from, trace, json, timeoutMs] = packed;
  const kind = kinds[kindNumber];
  if (sent !== version || kind === undefined) return undefined;
  return {
    kind,
    id,
    from,
    publishedAt,
    // A view would keep the whole publication in memory for as long as one of its messages waits.
    json: Buffer.from(json),
    ...(topic === null ? {} : { topic }),
    ...(trace === null ? {} : { trace }),
    ...(timeoutMs === 0 ? {} : { timeoutMs }),
  };
}
