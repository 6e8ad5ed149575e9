import { makeJobId } from './job-id.js';
import { limits } from './limits.js';
import { dedupeLetters, dedupeText, optionsText, taskText } from './options.js';
import { recordText } from './packed.js';
import { backoff, backoffText, type Backoff, type QueueSettings } from './settings.js';
import type { EnqueueStatus, JobInput, TaskTraits } from './types.js';
import { checkInteger, checkJobId, checkKey, invalid } from './validate.js';

/** A valid job as the function takes it. */
export interface PreparedJob {
  readonly id: string;
  /**
   * Its status when the queue already has the id. An id made here is no other job's: then it is this very job, put in line
   * by a call whose answer was lost. Of a caller's id nobody knows: `duplicate` says no more than that the queue has it.
   */
  readonly ifKnown: EnqueueStatus;
  /** As functions/known.lua says. */
  readonly args: readonly string[];
  readonly dataJson: string;
  readonly isTask?: true;
  readonly bytes: number;
}

/** What jobs of the queue have that do not say. */
export type JobDefaults = Pick<QueueSettings, 'maxAttempts' | 'timeoutMs' | 'maxDataBytes'>;

/** Checks a job and fills in what it leaves open; `field` names it in messages. */
export function prepareJob(job: JobInput, field: string, defaults: JobDefaults = {}): PreparedJob {
  const { id = makeJobId(), priority = 0, delayMs = 0, timeoutMs = defaults.timeoutMs } = job;
  const { maxAttempts = defaults.maxAttempts ?? limits.defaultMaxAttempts } = job;
  const { maxDataBytes = limits.maxJobDataBytes } = defaults;
  checkJobId(`${field}.id`, id);
  checkInteger(`${field}.priority`, priority, 0, limits.maxPriority);
  checkInteger(`${field}.delayMs`, delayMs, 0, limits.maxDelayMs);
  checkInteger(`${field}.maxAttempts`, maxAttempts, 1, limits.maxAttemptsCeiling);
  if (timeoutMs !== undefined) checkInteger(`${field}.timeoutMs`, timeoutMs, 1, limits.maxTimeoutMs);
  const dataJson = jsonText(job.data, `${field}.data`);
  const bytes = Buffer.byteLength(dataJson);
  if (bytes > maxDataBytes) {
    throw invalid(`${field}.data`, `at most ${maxDataBytes} bytes of JSON`, `${bytes} bytes`);
  }
  const options = optionsText({
    key: keyOf(job.key, `${field}.key`),
    dedupe: dedupeOf(job, `${field}.dedupe`),
    backoff: backoffOf(job.backoff, `${field}.backoff`),
    ...(job.task === undefined ? {} : { task: taskOf(job.task, `${field}.task`) }),
  });
  const text = recordText({ priority, maxAttempts, timeoutMs, options, dataJson });
  return {
    id,
    ifKnown: job.id === undefined ? (delayMs > 0 ? 'delayed' : 'queued') : 'duplicate',
    args: [id, delayMs > 0 ? `${priority}${delayMs}` : String(priority), text],
    dataJson,
    ...(job.task === undefined ? {} : { isTask: true as const }),
    bytes: bytes + options.length + id.length,
  };
}

function keyOf(key: string | undefined, field: string): string | undefined {
  if (key !== undefined) checkKey(field, key);
  return key;
}

function dedupeOf({ dedupe, delayMs = 0 }: JobInput, field: string): string | undefined {
  if (dedupe === undefined) return undefined;
  const { key, mode, ttlMs } = dedupe;
  checkKey(`${field}.key`, key);
  if (!Object.hasOwn(dedupeLetters, mode))
    throw invalid(`${field}.mode`, Object.keys(dedupeLetters).join(' or '), mode);
  if ((mode === 'throttle') !== (ttlMs !== undefined)) {
    throw invalid(`${field}.ttlMs`, 'given with the mode throttle, and only then', ttlMs);
  }
  if (ttlMs !== undefined) checkInteger(`${field}.ttlMs`, ttlMs, 1, limits.maxDelayMs);
  if (mode === 'debounce' && delayMs === 0) {
    throw invalid(`${field}.mode`, 'one other than debounce for a job without delayMs', mode);
  }
  return dedupeText(dedupe);
}

function backoffOf(wait: Backoff | undefined, field: string): string | undefined {
  if (wait === undefined) return undefined;
  const { success, error } = backoff.safeParse(wait);
  if (!success) throw invalid(field, 'a backoff as documented', error.issues[0]?.message);
  return backoffText(wait);
}

function taskOf(task: TaskTraits, field: string): string {
  checkInteger(`${field}.expireMs`, task.expireMs, 1, limits.maxTimeoutMs);
  if (!/^([spk][A-Za-z0-9]{1,40})?$/.test(task.replyTo ?? ''))
    throw invalid(`${field}.replyTo`, 'an address', task.replyTo);
  return taskText(task);
}

function jsonText(value: unknown, field: string): string {
  const text: unknown = stringify(value, field);
  if (typeof text !== 'string') throw invalid(field, 'a JSON value', typeof value);
  return text;
}

function stringify(value: unknown, field: string): unknown {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw invalid(field, 'a JSON value', (error as Error).message);
  }
}
