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
  /** Of a task: when nobody waits for it any more. */
  readonly deadline?: number;
  readonly hasStream?: true;
  readonly dataJson: string;
}

export interface RecordParts {
  readonly priority: number;
  readonly maxAttempts: number;
  readonly timeoutMs: number | undefined;
  /** See options.ts. */
  readonly options: string;
  readonly dataJson: string;
}

/** The record of a job, but for the time that Redis puts before it; see functions/record.lua. */
export function recordText({ priority, maxAttempts, timeoutMs = 0, options, dataJson }: RecordParts): string {
  return `${options === '' ? '=' : '+'}${priority}${maxAttempts},${timeoutMs};${options}${dataJson}`;
}

const stampBytes = 6;

export function readRecord(packed: Buffer): JobRecord {
  const text = packed.toString('utf8', stampBytes);
  const head = text.indexOf(';');
  const comma = text.indexOf(',');
  const mark = text.charAt(0);
  if (head < 0 || (mark !== '=' && mark !== '+')) {
    throw new MoorlineError(
      'internal',
      `Expected the record of a job, got ${text.slice(0, 20)}: written by a newer release?`,
    );
  }
  const timeoutMs = Number(text.slice(comma + 1, head));
  const record = {
    priority: Number(text.charAt(1)),
    maxAttempts: Number(text.slice(2, comma)),
    enqueuedAt: packed.readUIntBE(0, stampBytes),
  };
  const timed = timeoutMs === 0 ? record : { ...record, timeoutMs };
  if (mark === '=') return { ...timed, dataJson: text.slice(head + 1) };
  const [key = '', dedupe = '', rest = ''] = text.slice(head + 1).split('\u0001', 3);
  const dataJson = text.slice(head + 1 + key.length + dedupe.length + rest.length + 3);
  return { ...timed, ...(key === '' ? {} : { key }), ...readTask(rest, record.enqueuedAt), dataJson };
}

/** What stands behind the backoff of a task. */
function readTask(rest: string, enqueuedAt: number): Pick<JobRecord, 'deadline' | 'hasStream'> {
  const [, expireMs, stream] = /\u0002(\d+)(~?)/.exec(rest) ?? [];
  if (expireMs === undefined) return {};
  return { deadline: enqueuedAt + Number(expireMs), ...(stream === '~' ? { hasStream: true } : {}) };
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

export interface Held {
  readonly fence: string;
  readonly worker: string;
}

const scoreByte = 8;
const heldBytes = 15;

/** Where somebody waits for the answer, it stands before the worker where that goes. */
export function readHeld(packed: Buffer): Held {
  const isAwaited = packed.readUInt8(scoreByte) >= 128;
  const workerAt = isAwaited ? heldBytes + 1 + packed.readUInt8(heldBytes) : heldBytes;
  return { fence: packed.readBigUInt64BE(0).toString(), worker: packed.toString('utf8', workerAt) };
}

export interface Ending {
  readonly fence: string;
  readonly finishedAt: number;
  readonly how: 'done' | 'cancelled' | 'failed' | 'expired';
}

const endingBytes = 14;
const howLetters: Readonly<Record<string, Ending['how']>> = { c: 'cancelled', f: 'failed', x: 'expired' };

export function readEnding(packed: Buffer): Ending {
  return {
    fence: packed.readBigUInt64BE(0).toString(),
    finishedAt: packed.readUIntBE(8, 6),
    how: howLetters[packed.toString('latin1', endingBytes)] ?? 'done',
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
