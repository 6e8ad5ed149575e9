import type { Dedupe } from './types.js';

/** What few jobs have, as it is packed into the record of a job; functions/record.lua reads it. Each at most 255 bytes. */
export interface PackedOptions {
  readonly key?: string;
  readonly dedupe?: string;
  readonly backoff?: string;
}

/** Empty when there is nothing to say, which is the case of most jobs and costs them nothing. */
export function packOptions({ key = '', dedupe = '', backoff = '' }: PackedOptions): Buffer | '' {
  if (key === '' && dedupe === '' && backoff === '') return '';
  return Buffer.concat([key, dedupe, backoff].flatMap(sized));
}

function sized(text: string): [Buffer, Buffer] {
  const bytes = Buffer.from(text);
  return [Buffer.from([bytes.length]), bytes];
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
