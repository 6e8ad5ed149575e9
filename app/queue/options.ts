import type { Dedupe } from './types.js';

/** What few jobs have, as the record of a job says it; functions/record.lua reads it. */
export interface TextOptions {
  readonly key?: string;
  readonly dedupe?: string;
  readonly backoff?: string;
}

/** None of them holds control characters, so one ends each. Empty when there is nothing to say, which is the case of most jobs. */
export function optionsText({ key = '', dedupe = '', backoff = '' }: TextOptions): string {
  return key === '' && dedupe === '' && backoff === '' ? '' : `${key}\u0001${dedupe}\u0001${backoff}\u0001`;
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
