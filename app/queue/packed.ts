import { MoorlineError } from '../resilience/errors.js';
import type { DeadError, DeadReason, JobFailure, JobNotes } from './types.js';

/** The packed values that the functions write, read here; the formats stand in functions/*.lua. */

export interface JobRecord {
  readonly priority: number;
  readonly maxAttempts: number;
  readonly timeoutMs?: number;
  readonly enqueuedAt: number;
  /** Jobs of one key run in order. */
  readonly key?: string;
  readonly dataJson: string;
}

const recordVersion = 2;
const recordHeaderBytes = 16;

export function readRecord(packed: Buffer): JobRecord {
  const version = packed.readUInt8(0);
  if (version !== recordVersion) {
    const message = `Expected a job record of version ${recordVersion}, got ${version}: written by a newer release?`;
    throw new MoorlineError('internal', message);
  }
  const timeoutMs = packed.readUInt32BE(4);
  const optionsBytes = packed.readUInt16BE(14);
  return {
    priority: packed.readUInt8(1),
    maxAttempts: packed.readUInt16BE(2),
    ...(timeoutMs === 0 ? {} : { timeoutMs }),
    enqueuedAt: packed.readUIntBE(8, 6),
    ...(optionsBytes === 0 ? {} : keyOf(packed)),
    dataJson: packed.toString('utf8', recordHeaderBytes + optionsBytes),
  };
}

/** The first of the options. */
function keyOf(packed: Buffer): Pick<JobRecord, 'key'> {
  const { text: key } = readSized(packed, recordHeaderBytes);
  return key === '' ? {} : { key };
}

/** A length in one byte and that many bytes of text. */
function readSized(packed: Buffer, at: number): { readonly text: string; readonly end: number } {
  const end = at + 1 + packed.readUInt8(at);
  return { text: packed.toString('utf8', at + 1, end), end };
}

export interface Tries {
  readonly attempts: number;
  readonly crashes: number;
}

/** A job without an entry never failed. */
export function readTries(packed: Buffer | null): Tries {
  if (packed === null || packed.length === 0) return { attempts: 0, crashes: 0 };
  return { attempts: packed.readUInt16BE(0), crashes: packed.readUInt16BE(2) };
}

const entryHeaderBytes = 10;

interface Entry {
  readonly attempt: number;
  readonly at: number;
  readonly text: string;
}

function readEntries(packed: Buffer, from = 0): readonly Entry[] {
  const entries: Entry[] = [];
  for (let at = from; at < packed.length;) {
    const end = at + entryHeaderBytes + packed.readUInt16BE(at + 8);
    const text = packed.toString('utf8', at + entryHeaderBytes, end);
    entries.push({ attempt: packed.readUInt16BE(at), at: packed.readUIntBE(at + 2, 6), text });
    at = end;
  }
  return entries;
}

export function readErrors(packed: Buffer | null): readonly DeadError[] {
  if (packed === null) return [];
  return readEntries(packed).map(({ text, ...when }) => ({ ...(JSON.parse(text) as JobFailure), ...when }));
}

/** What workers told of a job; nothing of most jobs. */
export function readNotes(packed: Buffer | null): JobNotes {
  if (packed === null || packed.length === 0) return {};
  const logFrom = 2 + packed.readUInt16BE(0);
  const log = readEntries(packed, logFrom);
  return {
    ...(logFrom === 2 ? {} : { progressJson: packed.toString('utf8', 2, logFrom) }),
    ...(log.length === 0 ? {} : { log }),
  };
}

const heldKeyAt = 18;

export interface Held {
  readonly fence: string;
  readonly worker: string;
}

export function readHeld(packed: Buffer): Held {
  const key = readSized(packed, heldKeyAt);
  const dedupe = readSized(packed, key.end);
  const backoff = readSized(packed, dedupe.end);
  return { fence: packed.readBigUInt64BE(10).toString(), worker: packed.toString('utf8', backoff.end) };
}

export interface Ending {
  readonly fence: string;
  readonly finishedAt: number;
  readonly isCancelled: boolean;
}

const endingBytes = 14;

export function readEnding(packed: Buffer): Ending {
  return {
    fence: packed.readBigUInt64BE(0).toString(),
    finishedAt: packed.readUIntBE(8, 6),
    isCancelled: packed.length > endingBytes,
  };
}

export interface DeadRecord {
  readonly priority: number;
  readonly reason: DeadReason;
  readonly fingerprint: string;
}

export const deadReasonLetters: Readonly<Record<DeadReason, string>> = {
  failed: 'f',
  rejected: 'r',
  crashed: 'c',
  invalid: 'i',
};

const deadReasons = new Map(
  Object.entries(deadReasonLetters).map(([reason, letter]) => [letter, reason as DeadReason]),
);

export function readDeadRecord(packed: Buffer): DeadRecord {
  const text = packed.toString();
  const reason = deadReasons.get(text.charAt(1));
  if (reason === undefined) throw new MoorlineError('internal', `Expected the record of a dead letter, got ${text}`);
  return { priority: Number(text.charAt(0)), reason, fingerprint: text.slice(2) };
}
