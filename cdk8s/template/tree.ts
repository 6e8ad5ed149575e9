import {
  Expr,
  Items,
  isMap,
  kindOf,
  kindOfScalar,
  isTextKind,
  isWordKind,
  type ExprNode,
  type Scalar,
  type Tree,
} from './expr.js';
import { splitTokens } from './tokens.js';

/**
 * What an author wrote, as a tree: tokens inside strings and keys become expressions again, absent parts are left out.
 *
 * @throws TypeError at what is no part of a manifest (null, functions, instances of classes).
 */
export function toTree(written: unknown): Tree {
  if (written instanceof Expr || written === undefined) return written;
  if (typeof written === 'string') return stringTree(written);
  if (typeof written === 'number' || typeof written === 'boolean') return written;
  if (Array.isArray(written)) return written.filter((item) => item !== undefined).map(toItem);
  if (isPlainObject(written)) return mapTree(Object.entries(written));
  throw new TypeError(`expected a part of a manifest (no null, no class), got ${describe(written)}`);
}

export const toItem = (written: unknown): Tree | Items => (written instanceof Items ? written : toTree(written));

function mapTree(entries: readonly [string, unknown][]): Tree {
  const present = entries.filter(([, value]) => value !== undefined);
  const givenMaps = present.filter(([key]) => typeof splitTokens(key)[0] === 'object');
  if (givenMaps.length > 1) throw new TypeError('expected one spreadFields() in a map: join the maps by mergeMaps()');
  return Object.fromEntries(present.map(([key, value]) => [key, toTree(value)]));
}

/** A text with expressions in it, as one expression; `lift` is the way in for every argument. */
export function lift(written: unknown): Expr {
  const tree = toTree(written);
  if (tree instanceof Expr) return tree;
  if (typeof tree === 'object' || tree === undefined) throw new TypeError('expected a single value, got a collection');
  return literal(tree);
}

export const literal = (value: Scalar): Expr => new Expr({ op: 'literal', value }, kindOfScalar(value));

/** The expressions and the literal parts of a string; a lone expression of a string is itself. */
function stringTree(text: string): Tree {
  const parts = splitTokens(text) as (string | Expr)[];
  if (parts.every((part) => typeof part === 'string')) return text;
  return textOf(parts);
}

/** A concatenation. Its parts must have a text of their own. */
export function textOf(written: readonly (string | Expr)[]): Expr<string> {
  const parts = written.flatMap((part) => (typeof part === 'string' ? splitTokens(part) : [part])) as (string | Expr)[];
  const [first] = parts;
  if (parts.length === 1 && first instanceof Expr && isTextKind(kindOf(first))) return first as Expr<string>;
  for (const part of parts) {
    if (part instanceof Expr && ['list', 'map', 'any'].includes(kindOf(part))) {
      throw new TypeError(`a ${kindOf(part)} has no text of its own: use join(), toJson() or joinEach()`);
    }
  }
  const node: ExprNode = { op: 'text', parts };
  const kinds = parts.map((part) => (part instanceof Expr ? kindOf(part) : kindOfScalar(part)));
  const wordy = kinds.every((kind) => isWordKind(kind) || kind === 'int');
  return new Expr(node, wordy ? 'word' : 'string');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isMap(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? `an instance of ${value.constructor.name}` : `a ${typeof value}`;
}
