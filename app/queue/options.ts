import type { Dedupe, TaskTraits } from './types.js';

/** What few jobs have, as the record of a job says it; functions/record.lua reads it. */
export interface TextOptions {
  readonly key?: string;
  readonly dedupe?: string;
  readonly backoff?: string;
  readonly task?: string;
}

/** None of them holds control characters, so one ends each. Empty when there is nothing to say, which is the case of most jobs. */
export function optionsText({ key = '', dedupe = '', backoff = '', task = '' }: TextOptions): string {
  if (key === '' && dedupe === '' && backoff === '' && task === '') return '';
  return `${key}\u0001${dedupe}\u0001${backoff}${task === '' ? '' : `\u0002${task}`}\u0001`;
}

export const dedupeLetters: Readonly<Record<Dedupe['mode'], string>> = {
  simple: 's',
  throttle: 't',
  debounce: 'd',
  keepLast: 'k',
};

/** As functions/dedupe.lua reads it, for example `t:60000:name`. */
export function dedupeText({ key, mode, ttlMs = 0 }: Dedupe): string {
  return `${dedupeLetters[mode]}:${ttlMs}:${key}`;
}

/** As functions/tasks.lua reads it, for example `30000~s1a2b3c`. */
export function taskText({ expireMs, hasStream = false, replyTo = '' }: TaskTraits): string {
  return `${expireMs}${hasStream ? '~' : ''}${replyTo}`;
}
