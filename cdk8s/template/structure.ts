import {
  Expr,
  isTextKind,
  Items,
  kindOf,
  nodeOf,
  schemaOf,
  type Helper,
  type Kind,
  type LoopVariable,
} from './expr.js';
import { truth } from './operators.js';
import { refsTo, schemaOfItems, type Refs } from './refs.js';
import type { Arg, ListItem, Templated, Text } from './templated.js';
import { tokenOf } from './tokens.js';
import { lift, toItem, toTree } from './tree.js';

/** A field, list item, line or helper body that is there, or is this one, only when the condition holds. */
export function when<T>(condition: Expr, then: NoInfer<Templated<T | undefined>>): Expr<T | undefined>;
export function when<T>(condition: Expr, then: NoInfer<Templated<T>>, otherwise: NoInfer<Templated<T>>): Expr<T>;
export function when(condition: Expr, written: unknown, alternative?: unknown): Expr {
  const [then, otherwise] = [toTree(written), toTree(alternative)];
  const kinds = [then, otherwise].flatMap((tree) =>
    tree instanceof Expr || typeof tree === 'string' ? [kindOf(lift(tree))] : [],
  );
  return new Expr({ op: 'when', condition: truth(condition), then, otherwise }, commonKindOfBranches(kinds));
}

/** A field that is there only when the value is not empty. */
export const optional = <T>(value: Expr<T>): Expr<T | undefined> =>
  new Expr({ op: 'when', condition: truth(value), then: value, otherwise: undefined }, kindOf(value));

/**
 * A map or list that a user writes in the API's own terms and only the API server checks.
 * It is the one way to put a value of unknown type into a typed place.
 */
export const verbatim = <T>(value: Expr<Readonly<Record<string, unknown>> | readonly unknown[]>): Expr<T> =>
  value as Expr as Expr<T>;

/** The items of a list value, or of a list that is there `when` a condition holds, among the items of a list. */
export const spread = <T>(list: Expr<readonly T[] | undefined>): Items<T> => new Items({ op: 'spread', list });

/**
 * The entries of a map that a user gives, among fixed fields: `{ ...fixed, ...spreadFields(v.labels) }`.
 * A field that is written in the same map wins over an entry of the same name.
 */
export const spreadFields = <T>(map: Expr<Readonly<Record<string, T>>>): Readonly<Record<string, Expr<T>>> => ({
  [tokenOf(new Expr({ op: 'fields', map }, 'map'))]: map as Expr as Expr<T>,
});

/** One tree for each item of a list; `name` is the loop's variable in the template. */
export function each<Item, T>(
  list: Expr<readonly Item[]>,
  body: (item: Refs<Item>, index: Expr<number>) => NoInfer<Templated<T | undefined>>,
  name = defaultName(list),
): Items<T> {
  const { item, index, itemRefs, indexRef } = loopOver(list, name);
  return new Items({ op: 'each', over: list, key: index, item, body: toTree(body(itemRefs, indexRef)) });
}

/** One tree for each entry of a map, by key. */
export function eachEntry<Item, T>(
  map: Expr<Readonly<Record<string, Item>>>,
  body: (key: Expr<string>, value: Refs<Item>) => NoInfer<Templated<T | undefined>>,
  names: { readonly key?: string; readonly value?: string } = {},
): Items<T> {
  const key: LoopVariable = { name: names.key ?? 'key' };
  const item: LoopVariable = { name: names.value ?? 'value' };
  const keyRef = new Expr<string>({ op: 'variable', variable: key, path: [] }, 'string');
  return new Items({ op: 'each', over: map, key, item, body: toTree(body(keyRef, itemRefsOf(map, item))) });
}

/** A text made of one piece for each item. It is printed in a helper, so it has to stand in the body of one. */
export function joinEach<Item>(
  list: Expr<readonly Item[]>,
  text: (item: Refs<Item>, index: Expr<number>) => Text,
  separator: string,
  name = defaultName(list),
): Expr<string> {
  const { item, index, itemRefs, indexRef } = loopOver(list, name);
  return new Expr({ op: 'joinEach', list, index, item, text: lift(text(itemRefs, indexRef)), separator }, 'string');
}

/** A line of a file, several lines under one condition, or lines made of a list. */
export type Line = ListItem<string | readonly string[]>;

/** A file of lines, each ended by a line feed. The first must always be there: a comment will do. */
export function lines(...written: readonly Line[]): Expr<string> {
  const items = written.flat().map(toItem);
  const [first] = items;
  if (first === undefined || first instanceof Items || (first instanceof Expr && nodeOf(first).op === 'when')) {
    throw new TypeError('the first of lines() must always be there, or the file would start with an empty line');
  }
  if (typeof first === 'string' && !/^\S/.test(first)) {
    throw new TypeError('the first of lines() must not be empty or start with white space, which a helper trims');
  }
  return new Expr<string>({ op: 'lines', items }, 'file');
}

/** A file that the chart ships as it is, at `path`; a template reads it, the plain rendering has its content. */
export function chartFile(path: string, content: string): Expr<string> {
  if (!/^\S[^]*\n$/.test(content)) throw new TypeError(`${path} must start with text and end with a line feed`);
  return new Expr<string>({ op: 'chartFile', path, content }, 'file');
}

/** A part of manifests under a name, as the value of a field: `{{ include "name" . | nindent 4 }}`. It must never be empty. */
export const partial = <T>(name: string, written: NoInfer<Templated<T>>): Expr<T> =>
  new Expr<T>({ op: 'partial', name, tree: toTree(written) }, 'any');

/** A named template: `{{ include "name" . }}`. The body is a text, a chain of `when`, lines, or a condition. */
export function helper(name: string, body: Text): Expr<string>;
export function helper(name: string, body: Expr<boolean>): Expr<boolean>;
export function helper(name: string, written: Arg<string | boolean>): Expr {
  const body = lift(written);
  const kind = kindOf(body);
  if (!isTextKind(kind) && kind !== 'bool')
    throw new TypeError(`helper ${name} expected a text or a condition, got a ${kind}`);
  const made: Helper = { name, body };
  return new Expr({ op: 'include', helper: made }, kind);
}

function loopOver<Item>(list: Expr<readonly Item[]>, name: string) {
  const item: LoopVariable = { name, counted: isRange(list) };
  const index: LoopVariable = { name: 'index', counted: true };
  return {
    item,
    index,
    itemRefs: itemRefsOf<Item>(list, item),
    indexRef: new Expr<number>({ op: 'variable', variable: index, path: [] }, 'int'),
  };
}

function itemRefsOf<Item>(over: Expr, variable: LoopVariable): Refs<Item> {
  const schema = isRange(over) ? { type: 'integer' } : schemaOfItems(schemaOf(over));
  return refsTo<Item>((path, kind, part) => new Expr({ op: 'variable', variable, path }, kind, part), schema);
}

const defaultName = (list: Expr): string => (isRange(list) ? 'ordinal' : 'item');

function isRange(list: Expr): boolean {
  const node = nodeOf(list);
  return node.op === 'call' && node.fn === 'until';
}

function commonKindOfBranches(kinds: readonly Kind[]): Kind {
  const [first] = kinds;
  if (first === undefined || kinds.every((kind) => kind === first)) return first ?? 'any';
  return kinds.every(isTextKind) ? 'string' : 'any';
}
