import { Expr, Items, isList, isMap, nodeOf, schemaOf, type Tree } from './expr.js';
import { fieldsOf } from './evaluate.js';
import { and, call, not, or, truth } from './operators.js';

/** When a part of a manifest is there: always, never, or under a condition. */
export type Presence = boolean | Expr;

/** The condition under which `tree` is more than nothing. A printed collection is guarded by it. */
export function presenceOf(tree: Tree | Items): Presence {
  if (tree === undefined) return false;
  if (tree instanceof Items) return presenceOfItems(tree);
  if (tree instanceof Expr) return presenceOfExpr(tree);
  if (isList(tree)) return tree.length === 0 || anyOf(tree.map(presenceOf));
  if (!isMap(tree)) return true;
  const keys = Object.keys(tree);
  return keys.length === 0 || anyOf(Object.entries(tree).map(([key, value]) => presenceOfField(key, value, keys)));
}

/** The entries that a user's map adds to the fields that are written. */
export function fieldsBeside(map: Expr, keys: readonly string[]): Expr {
  const fixed = keys.filter((key) => fieldsOf(key) === undefined && mayHoldKey(map, key));
  return fixed.length === 0 ? map : call('map', 'omit', map, ...fixed);
}

/** A map whose schema refuses a key needs not be searched for it. */
function mayHoldKey(map: Expr, key: string): boolean {
  const names = schemaOf(map)?.propertyNames;
  const refused = typeof names === 'object' && typeof names.not === 'object' ? names.not.pattern : undefined;
  return refused === undefined || !new RegExp(refused, 'u').test(key);
}

function presenceOfField(key: string, value: Tree, keys: readonly string[]): Presence {
  const given = fieldsOf(key);
  return given === undefined ? presenceOf(value) : truth(fieldsBeside(given, keys));
}

function presenceOfItems({ node }: Items): Presence {
  return node.op === 'each' ? bothOf(truth(node.over), presenceOf(node.body)) : presenceOfSpread(node.list);
}

/** What is spread is there when it has an item: unlike a field, a spread list that is empty is nothing. */
function presenceOfSpread(list: Tree): Presence {
  if (list === undefined) return false;
  if (!(list instanceof Expr)) return isList(list) && list.length > 0 && presenceOf(list);
  const node = nodeOf(list);
  if (node.op !== 'when') return truth(list);
  return eitherOf(node.condition, presenceOfSpread(node.then), presenceOfSpread(node.otherwise));
}

function presenceOfExpr(expr: Expr): Presence {
  const node = nodeOf(expr);
  if (node.op !== 'when') return true;
  return eitherOf(node.condition, presenceOf(node.then), presenceOf(node.otherwise));
}

function eitherOf(condition: Expr, then: Presence, otherwise: Presence): Presence {
  if (then === true && otherwise === true) return true;
  return anyOf([bothOf(condition, then), bothOf(not(condition), otherwise)]);
}

function anyOf(all: readonly Presence[]): Presence {
  if (all.includes(true)) return true;
  const [first, second, ...rest] = all.filter((presence) => presence instanceof Expr);
  if (first === undefined) return false;
  return second === undefined ? first : or(first, second, ...rest);
}

function bothOf(a: Expr, b: Presence): Presence {
  return b instanceof Expr ? and(a, b) : b && a;
}
