import {
  Expr,
  isTextKind,
  isWordKind,
  kindOf,
  nodeOf,
  schemaOf,
  type JsonSchema,
  type Kind,
  type Scalar,
} from './expr.js';
import type { FunctionName } from './functions.js';
import type { Arg, Text } from './templated.js';
import { lift, textOf } from './tree.js';

/** A list with at least two elements: `and` and `or` of less are no conditions. */
type Several<T> = readonly [T, T, ...T[]];

// ---- conditions -----------------------------------------------------------------------------------------------------

export const eq = <T extends Scalar>(a: Expr<T>, b: Arg<NoInfer<T>>): Expr<boolean> => compare('eq', a, b);
export const ne = <T extends Scalar>(a: Expr<T>, b: Arg<NoInfer<T>>): Expr<boolean> => compare('ne', a, b);
export const gt = (a: Arg<number>, b: Arg<number>): Expr<boolean> => call('bool', 'gt', int(a), int(b));
export const ge = (a: Arg<number>, b: Arg<number>): Expr<boolean> => call('bool', 'ge', int(a), int(b));
export const lt = (a: Arg<number>, b: Arg<number>): Expr<boolean> => call('bool', 'lt', int(a), int(b));
export const le = (a: Arg<number>, b: Arg<number>): Expr<boolean> => call('bool', 'le', int(a), int(b));

/** Conditions may be of any type: zero, the empty string and empty collections are false, as in Go templates. */
export const and = (...all: Several<Expr>): Expr<boolean> => call('bool', 'and', ...all.map(truth));
export const or = (...all: Several<Expr>): Expr<boolean> => call('bool', 'or', ...all.map(truth));
export function not(x: Expr): Expr<boolean> {
  const node = nodeOf(x);
  const opposite = node.op === 'call' ? opposites[node.fn] : undefined;
  return node.op === 'call' && opposite !== undefined ? call('bool', opposite, ...node.args) : call('bool', 'not', x);
}
export const isEmpty = (x: Expr): Expr<boolean> => call('bool', 'empty', x);

/** Whether a text contains another, or a list an item. */
export function contains(hay: Text, needle: Text): Expr<boolean>;
export function contains<T extends Scalar>(hay: Expr<readonly T[]>, needle: Arg<NoInfer<T>>): Expr<boolean>;
export function contains(hay: Arg<unknown>, needle: Arg<Scalar>): Expr<boolean> {
  return call('bool', kindOf(lift(hay)) === 'list' ? 'has' : 'contains', needle, hay);
}
export const hasPrefix = (text: Text, prefix: Text): Expr<boolean> => call('bool', 'hasPrefix', prefix, text);
export const hasSuffix = (text: Text, suffix: Text): Expr<boolean> => call('bool', 'hasSuffix', suffix, text);

/**
 * Whether a regular expression matches somewhere in the text.
 *
 * @throws TypeError when the pattern is not one that RE2 (Go) and JavaScript read the same way.
 */
export function matches(pattern: string, text: Text): Expr<boolean> {
  const foreign = /\(\?|\\[1-9sSpPkuxQEzAZ]|(?<![\\[^])\.(?![^[]*\])/.exec(pattern);
  if (foreign !== null) {
    throw new TypeError(
      `in ${pattern}: ${foreign[0]} means different things in Helm and here; write a class like [a-z]`,
    );
  }
  new RegExp(pattern, 'u');
  return call('bool', 'regexMatch', pattern, text);
}

// ---- numbers (integers only) ----------------------------------------------------------------------------------------

export const add = (a: Arg<number>, b: Arg<number>): Expr<number> => call('int', 'add', int(a), int(b));
export const sub = (a: Arg<number>, b: Arg<number>): Expr<number> => call('int', 'sub', int(a), int(b));
export const mul = (a: Arg<number>, b: Arg<number>): Expr<number> => call('int', 'mul', int(a), int(b));
/** Cuts towards zero; zero as divisor refuses the values. */
export const div = (a: Arg<number>, b: Arg<number>): Expr<number> => call('int', 'div', int(a), int(b));
export const mod = (a: Arg<number>, b: Arg<number>): Expr<number> => call('int', 'mod', int(a), int(b));
export const max = (...all: Several<Arg<number>>): Expr<number> => call('int', 'max', ...all.map(int));
export const min = (...all: Several<Arg<number>>): Expr<number> => call('int', 'min', ...all.map(int));

/** The numbers 0 .. count-1, to loop over. */
export const range = (count: Arg<number>): Expr<readonly number[]> => call('list', 'until', int(count));

// ---- text -----------------------------------------------------------------------------------------------------------

/** What a template literal does, spelled as a function: numbers and booleans become text. */
export const concat = (...parts: readonly Arg<Scalar>[]): Expr<string> =>
  textOf(parts.map((part) => (part instanceof Expr ? part : String(part))));

/** The first `length` characters, without a `-` at the end. Helm cuts bytes, so the text must be plain ASCII. */
export const truncate = (text: Text, length: number): Expr<string> =>
  trimSuffix(call<string>('word', 'trunc', length, ascii('truncate', text)), '-');
export const trimSuffix = (text: Text, suffix: string): Expr<string> =>
  call(textKind(text), 'trimSuffix', suffix, text);
export function replace(text: Text, from: string, to: string): Expr<string> {
  if (from === '') throw new TypeError('replace() expected something to look for, got the empty string');
  return call(textKind(concat(text, to)), 'replace', from, to, text);
}
export const lower = (text: Text): Expr<string> => call('word', 'lower', ascii('lower', text));
export const join = (list: Expr<readonly string[]>, separator: string): Expr<string> =>
  call('string', 'join', separator, list);
export const sha256 = (text: Text): Expr<string> => call('word', 'sha256sum', text);
/** JSON as Helm writes it: keys sorted, `<`, `>` and `&` escaped. */
export const toJson = (value: Expr): Expr<string> => call('string', 'toJson', value);

// ---- maps -----------------------------------------------------------------------------------------------------------

/** Maps of text as one; of two entries with the same key the earlier wins, unless it is empty. */
export const mergeMaps = (
  ...maps: Several<Expr<Readonly<Record<string, string>>>>
): Expr<Readonly<Record<string, string>>> =>
  new Expr({ op: 'call', fn: 'merge', args: [emptyMap, ...maps] }, 'map', sharedSchema(maps));

/** Maps whose keys follow one rule make a map whose keys follow it. */
function sharedSchema(maps: readonly Expr[]): JsonSchema | undefined {
  const [first, ...others] = maps.map(schemaOf);
  const rule = JSON.stringify(first?.propertyNames);
  return others.every((schema) => JSON.stringify(schema?.propertyNames) === rule) ? first : undefined;
}

const emptyMap = new Expr({ op: 'call', fn: 'dict', args: [] }, 'map');

// ---- choices --------------------------------------------------------------------------------------------------------

/** The value, or the fallback when it is empty. */
export const orElse = <T>(value: Expr<T>, fallback: Arg<NoInfer<T>>): Expr<T> =>
  call<T>(commonKind(value, lift(fallback)), 'default', fallback, value);

/** One of two single values; both are computed. */
export const ternary = <T extends Scalar>(condition: Expr, yes: Arg<T>, no: Arg<T>): Expr<T> =>
  call(commonKind(lift(yes), lift(no)), 'ternary', yes, no, truth(condition));

// ---- how calls are made ---------------------------------------------------------------------------------------------

/** A call of a primitive; `kind` is what it gives. */
export const call = <T>(kind: Kind, fn: FunctionName, ...args: readonly unknown[]): Expr<T> =>
  new Expr<T>({ op: 'call', fn, args: args.map(lift) }, kind);

/** Any value as a boolean. The printer leaves this out where Go wants a condition anyway. */
export const truth = (x: Expr): Expr<boolean> =>
  kindOf(x) === 'bool' ? (x as Expr<boolean>) : call('bool', 'not', call('bool', 'empty', x));

/** `ne a b` reads better than `not (eq a b)`. */
const opposites: { readonly [Fn in FunctionName]?: FunctionName } = {
  eq: 'ne',
  ne: 'eq',
  gt: 'le',
  le: 'gt',
  ge: 'lt',
  lt: 'ge',
};

function compare(fn: 'eq' | 'ne', a: Expr, b: unknown): Expr<boolean> {
  commonKind(a, lift(b));
  return call('bool', fn, a, b);
}

/** Helm compares and adds integers only: a float beside an integer is an error there. */
function int(x: Arg<number>): Expr {
  const lifted = lift(x);
  if (kindOf(lifted) !== 'int') throw new TypeError(`expected an integer, got a ${kindOf(lifted)}`);
  return lifted;
}

function commonKind(a: Expr, b: Expr): Kind {
  if (kindOf(a) === kindOf(b)) return kindOf(a);
  if (isWordKind(kindOf(a)) && isWordKind(kindOf(b))) return 'word';
  if (isTextKind(kindOf(a)) && isTextKind(kindOf(b))) return 'string';
  throw new TypeError(`expected two values of one kind, got a ${kindOf(a)} and a ${kindOf(b)}`);
}

const textKind = (text: Text): Kind => (isWordKind(kindOf(lift(text))) ? 'word' : 'string');

function ascii(what: string, text: Text): Expr {
  const lifted = lift(text);
  if (isWordKind(kindOf(lifted))) return lifted;
  throw new TypeError(
    `${what}() expected plain ASCII, which the schema of the value has to promise by a pattern of [A-Za-z0-9._+-]`,
  );
}
