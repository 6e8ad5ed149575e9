import { createHash } from 'node:crypto';

/**
 * Every primitive once: the key is its name in Go templates (with the order of arguments it has there), the value is
 * what it means. Both renderings read this table.
 */
export const functions = {
  eq: (a: unknown, b: unknown) => a === b,
  ne: (a: unknown, b: unknown) => a !== b,
  gt: (a: number, b: number) => a > b,
  ge: (a: number, b: number) => a >= b,
  lt: (a: number, b: number) => a < b,
  le: (a: number, b: number) => a <= b,
  and: (...all: unknown[]) => all.every(isTruthy),
  or: (...all: unknown[]) => all.some(isTruthy),
  not: (x: unknown) => !isTruthy(x),
  empty: (x: unknown) => !isTruthy(x),
  default: (fallback: unknown, x: unknown) => (isTruthy(x) ? x : fallback),
  ternary: (yes: unknown, no: unknown, condition: boolean) => (condition ? yes : no),

  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => Math.trunc(a / nonZero(b)),
  mod: (a: number, b: number) => a % nonZero(b),
  max: (...all: number[]) => Math.max(...all),
  min: (...all: number[]) => Math.min(...all),
  until: (count: number) => Array.from({ length: Math.abs(count) }, (_, i) => (count < 0 ? -i : i)),

  contains: (needle: string, hay: string) => hay.includes(needle),
  has: (needle: unknown, list: readonly unknown[]) => list.includes(needle),
  hasPrefix: (prefix: string, text: string) => text.startsWith(prefix),
  hasSuffix: (suffix: string, text: string) => text.endsWith(suffix),
  regexMatch: (pattern: string, text: string) => new RegExp(pattern, 'u').test(text),

  trunc: (length: number, text: string) => text.slice(0, length),
  trimSuffix: (suffix: string, text: string) =>
    text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
  replace: (from: string, to: string, text: string) => text.replaceAll(from, () => to),
  lower: (text: string) => text.toLowerCase(),
  join: (separator: string, list: readonly string[]) => list.join(separator),
  sha256sum: (text: string) => createHash('sha256').update(text).digest('hex'),
  toJson: (value: unknown) => goJson(value),
  /** Of an object of the cluster: there is no cluster in a plain rendering. */
  lookup: () => ({}),
  dig: (...path: unknown[]) => digIn(path.slice(0, -2) as string[], path.at(-2), path.at(-1)),
  dict: () => ({}),
  merge: (...maps: Readonly<Record<string, string>>[]) =>
    maps.reduce((merged, map) => {
      const missing = Object.entries(map).filter(([key]) => !isTruthy(merged[key]));
      return { ...merged, ...Object.fromEntries(missing) };
    }),
  omit: (map: Readonly<Record<string, unknown>>, ...keys: string[]) =>
    Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key))),
} satisfies Record<string, (...args: never[]) => unknown>;

export type FunctionName = keyof typeof functions;

function digIn(path: readonly string[], fallback: unknown, map: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return map;
  const fields = map as Readonly<Record<string, unknown>>;
  return Object.hasOwn(fields, key) ? digIn(rest, fallback, fields[key]) : fallback;
}

/** Truth as Go templates see it: zero, the empty string and empty collections are false. */
export function isTruthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** Maps in the order in which Go walks them: keys sorted by their UTF-8 bytes. */
export const sortedEntries = <T>(map: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(map).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** JSON as Go writes it: sorted keys, and what HTML or JavaScript would mind is escaped. */
function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = sortedEntries(value as Record<string, unknown>);
    return `{${entries.map(([key, item]) => `${goJson(key)}:${goJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Helm fails on a division by zero, so this does too. */
function nonZero(divisor: number): number {
  if (divisor === 0) throw new RangeError('division by zero in a chart expression');
  return divisor;
}
