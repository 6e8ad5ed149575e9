import { MoorlineError } from '../resilience/errors.js';
import { withStream } from './task-stream.js';
import { tickToMs } from './ticks.js';
import { readDeadRecord, readEnding, readErrors, readHeld, readNotes, readRecord, readTries } from './packed.js';
import type { JobFailure, JobState, JobView, QueueCounts, WaitReason } from './types.js';

const slotMs = 10_000;
const slots = 6;

/** Reads the reply of `counts`. */
export function countsOf(queue: string, reply: unknown): QueueCounts {
  const [ready, delayed, leased, dead, blocked, paused, oldestReadyMs, now, ...rest] = reply as [
    number,
    number,
    number,
    number,
    number,
    Buffer,
    number,
    number,
    ...Buffer[],
  ];
  const stats = fieldsOf(rest);
  const total = (name: string) => Number(stats.get(name) ?? 0);
  return {
    queue,
    ready,
    delayed,
    leased,
    dead,
    blocked,
    oldestReadyMs,
    paused: String(paused) === '1',
    draining: String(paused) === 'd',
    rates: ratesOf(stats, now),
    totals: {
      enqueued: total('enqueued'),
      done: total('done'),
      failed: total('failed'),
      crashed: total('crashed'),
      dead: total('dead'),
      cancelled: total('cancelled'),
      deadBy: {
        failed: total('dead:failed'),
        rejected: total('dead:rejected'),
        crashed: total('dead:crashed'),
        invalid: total('dead:invalid'),
      },
      dropped: total('dropped'),
      expired: total('expired'),
    },
  };
}

/** Over the present slot, as far as it has come, and the five before it: 50 to 60 s. */
export function ratesOf(stats: ReadonlyMap<string, string>, now: number): QueueCounts['rates'] {
  const current = Math.floor(now / slotMs);
  const seconds = ((slots - 1) * slotMs + (now % slotMs)) / 1000;
  let [enqueued, done, failed] = [0, 0, 0];
  for (let index = 0; index < slots; index += 1) {
    const [number = 0, ...counted] = (stats.get(`slot:${index}`) ?? '').split(' ').map(Number);
    if (number <= current - slots || number > current) continue;
    enqueued += counted[0] ?? 0;
    done += counted[1] ?? 0;
    failed += counted[2] ?? 0;
  }
  const rate = (count: number) => Math.round((count / seconds) * 1000) / 1000;
  return { enqueuedPerSecond: rate(enqueued), donePerSecond: rate(done), failedPerSecond: rate(failed) };
}

function fieldsOf(flat: readonly Buffer[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(String(flat[at]), String(flat[at + 1]));
  return fields;
}

type JobReply = readonly [
  state: Buffer,
  where: Buffer | number,
  why: Buffer | null,
  tries: Buffer | null,
  errors: Buffer | null,
  record: Buffer,
  notes: Buffer | null,
  cancelled: number,
  reason: Buffer | null,
  value: Buffer | null,
];

const waitReasons: Readonly<Record<string, WaitReason>> = {
  queue_paused: 'queue_paused',
  key_paused: 'key_paused',
  key_busy: 'key_busy',
  kept: 'kept',
  concurrency: 'concurrency',
  rate: 'rate',
  key_rate: 'key_rate',
};

/** Reads the reply of `job`; undefined when the queue does not know the id. */
export function jobViewOf(queue: string, id: string, reply: unknown): JobView | undefined {
  const parts = reply as readonly unknown[];
  if (parts.length === 0) return undefined;
  if (String(parts[0]) === 'over') {
    return { id, queue, ...stateOfEnding(parts[1] as Buffer, parts[2] as Buffer | null) };
  }
  const live = reply as JobReply;
  const [, , , tries, , record, notes, , reason, value] = live;
  return {
    id,
    queue,
    ...liveState(live),
    ...becauseOf(reason, value),
    ...readTries(tries),
    ...withStream(id, readRecord(record)),
    ...readNotes(notes),
  };
}

/** Why it waits; nothing when it waits for a worker and those before it. */
function becauseOf(reason: Buffer | null, value: Buffer | null): Pick<JobView, 'because'> {
  const word = waitReasons[String(reason)];
  if (word === undefined) return {};
  if (value === null) return { because: { reason: word } };
  return { because: { reason: word, ...(word === 'rate' ? { until: Number(value) } : { job: String(value) }) } };
}

function stateOfEnding(ending: Buffer, result: Buffer | null): JobState {
  const { finishedAt, how } = readEnding(ending);
  if (how === 'failed') {
    return { state: how, finishedAt, error: JSON.parse(String(result ?? '{"message":""}')) as JobFailure };
  }
  if (how !== 'done') return { state: how, finishedAt };
  return { state: how, finishedAt, ...(result === null ? {} : { resultJson: result.toString() }) };
}

function liveState([stateText, where, why, , errors, , , cancelled]: JobReply): JobState {
  const none = Buffer.alloc(0);
  const state = String(stateText);
  switch (state) {
    case 'ready':
      return { state, ahead: Number(where) };
    case 'delayed':
      return { state, until: Math.floor(Number(where) / 10) };
    case 'leased': {
      const { fence, worker } = readHeld(why ?? none);
      return { state, worker, fence, until: Number(where), ...(cancelled === 1 ? { cancelling: true } : {}) };
    }
    case 'dead': {
      const { reason } = readDeadRecord(why ?? none);
      return { state, reason, errors: readErrors(errors), diedAt: tickToMs(String(where)) };
    }
    default:
      throw new MoorlineError('internal', `Expected a state of a job, got ${state}`);
  }
}
