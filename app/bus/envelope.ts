import { pack, unpack } from 'msgpackr';

/** What travels with a message. */
export interface Envelope {
  /** Unique; made by the publisher. */
  readonly id: string;
  /** Absent for a message to one server. */
  readonly topic?: string;
  /** The server that published it. */
  readonly from: string;
  /** W3C `traceparent`, if the publisher has one. */
  readonly trace?: string;
  /** JSON text. */
  readonly json: Buffer;
  /** For a message that answers another one, or wants an answer. */
  readonly correlationId?: string;
}

/** A message as it arrives. */
export interface Message extends Envelope {
  /** By the clock of Redis, in ms. */
  readonly publishedAt: number;
}

const version = 1;
const newline = 10;

type Packed = readonly [number, string, string | null, string, string | null, Buffer, string | null];

export function packEnvelope({ id, topic, from, trace, json, correlationId }: Envelope): Buffer {
  return pack([version, id, topic ?? null, from, trace ?? null, json, correlationId ?? null] satisfies Packed);
}

/** undefined for what another version has sent, which this one does not understand. */
export function readMessage(bytes: Buffer): Message | undefined {
  const end = bytes.indexOf(newline);
  const [sent, id, topic, from, trace, json, correlationId] = unpack(bytes.subarray(end + 1)) as Packed;
  if (sent !== version) return undefined;
  return {
    id,
    from,
    json: Buffer.from(json),
    publishedAt: Number(bytes.toString('latin1', 0, end)),
    ...(topic === null ? {} : { topic }),
    ...(trace === null ? {} : { trace }),
    ...(correlationId === null ? {} : { correlationId }),
  };
}
