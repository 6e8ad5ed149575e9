import {
  Expr,
  Items,
  isList,
  isMap,
  kindOf,
  nodeOf,
  type Document,
  type ExprNode,
  type LoopVariable,
  type Tree,
  type TreeMap,
} from './expr.js';
import { functions, isTruthy, sortedEntries } from './functions.js';
import { splitTokens } from './tokens.js';

/** What Helm knows when it renders a chart. `Values` are complete: the defaults are merged in. */
export interface Context {
  readonly Values: unknown;
  readonly Release: { readonly Name: string; readonly Namespace: string; readonly Service: string };
  readonly Chart: { readonly Name: string; readonly Version: string; readonly AppVersion: string };
}

interface Scope {
  readonly context: Context;
  readonly variables: ReadonlyMap<LoopVariable, unknown>;
}

/** The part of a manifest that `tree` stands for under these values; `undefined` when it is absent. */
export function evaluate(tree: Tree, context: Context): unknown {
  return evaluateTree(tree, { context, variables: new Map() });
}

/** The objects of one template file: none, one, or one for each turn of a loop. */
export function evaluateDocument(document: Document, context: Context): unknown[] {
  return evaluateItem(document, { context, variables: new Map() });
}

function evaluateTree(tree: Tree, scope: Scope): unknown {
  if (tree instanceof Expr) return evaluatePart(tree, scope);
  if (isList(tree))
    return pruned(
      tree.length,
      tree.flatMap((item) => evaluateItem(item, scope)),
    );
  if (isMap(tree)) return pruned(Object.keys(tree).length, evaluateMap(tree, scope));
  return tree;
}

/** A collection that lost everything it had is absent; one that is written empty stays. */
function pruned<C extends object>(written: number, result: C): C | undefined {
  return written > 0 && Object.keys(result).length === 0 ? undefined : result;
}

function evaluateMap(map: TreeMap, scope: Scope): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(map)) {
    const fields = fieldsOf(key);
    if (fields === undefined) {
      const part = evaluateTree(value, scope);
      if (part !== undefined) result[key] = part;
    } else {
      const given = evaluateExpr(fields, scope) as Record<string, unknown>;
      Object.assign(result, functions.omit(given, ...Object.keys(map)));
    }
  }
  return result;
}

/** The map of a user whose entries stand among fixed fields, if the key is the token of one. */
export function fieldsOf(key: string): Expr | undefined {
  const [part] = splitTokens(key);
  const node = part instanceof Expr ? nodeOf(part) : undefined;
  return node?.op === 'fields' ? node.map : undefined;
}

function evaluateItem(item: Tree | Items, scope: Scope): unknown[] {
  if (!(item instanceof Items)) {
    const part = evaluateTree(item, scope);
    return part === undefined ? [] : [part];
  }
  const { node } = item;
  if (node.op === 'spread') return (evaluatePart(node.list, scope) ?? []) as unknown[];
  return evaluateLoop(node.over, node.key, node.item, scope, (inside) => evaluateItem(node.body, inside));
}

/** An expression as a part of a manifest. A YAML block keeps one line feed at the end of a file. */
function evaluatePart(expr: Expr, scope: Scope): unknown {
  const value = evaluateExpr(expr, scope);
  return kindOf(expr) === 'file' && typeof value === 'string' ? value.replace(/\n+$/, '\n').replace(/^\n$/, '') : value;
}

function evaluateExpr(expr: Expr, scope: Scope): unknown {
  const node = nodeOf(expr);
  switch (node.op) {
    case 'literal':
      return node.value;
    case 'reference':
      return dig(scope.context[node.root], node.path);
    case 'variable':
      return dig(variable(node.variable, scope), node.path);
    case 'call':
      return callFunction(node, scope);
    case 'text':
      return node.parts.map((part) => (part instanceof Expr ? text(evaluateExpr(part, scope)) : part)).join('');
    case 'include':
      return evaluateExpr(node.helper.body, { context: scope.context, variables: new Map() });
    case 'partial':
      return evaluateTree(node.tree, { context: scope.context, variables: new Map() });
    case 'when':
      return evaluateTree(isTruthy(evaluateExpr(node.condition, scope)) ? node.then : node.otherwise, scope);
    case 'lines':
      return evaluateLines(node.items, scope);
    case 'chartFile':
      return node.content;
    case 'joinEach':
      return evaluateLoop(node.list, node.index, node.item, scope, (inside) => [evaluateExpr(node.text, inside)]).join(
        node.separator,
      );
    case 'fields':
      throw new TypeError('spreadFields() stands among the fields of a map: { ...spreadFields(map) }');
  }
}

function callFunction(node: ExprNode & { op: 'call' }, scope: Scope): unknown {
  const meaning = functions[node.fn] as (...args: readonly unknown[]) => unknown;
  return meaning(...node.args.map((arg) => evaluateExpr(arg, scope)));
}

function evaluateLines(items: readonly (Tree | Items)[], scope: Scope): string {
  const written = items.flatMap((item) => evaluateItem(item, scope)).flat(Infinity);
  return written.map((line) => `${text(line)}\n`).join('');
}

/** Once for each entry, in the order in which Go walks a list or a map. */
function evaluateLoop(
  over: Expr,
  key: LoopVariable,
  item: LoopVariable,
  scope: Scope,
  body: (inside: Scope) => unknown[],
): unknown[] {
  const collection = evaluateExpr(over, scope) ?? [];
  const entries = Array.isArray(collection)
    ? [...(collection as unknown[]).entries()]
    : sortedEntries(collection as Record<string, unknown>);
  return entries.flatMap(([name, value]) =>
    body({ ...scope, variables: new Map([...scope.variables, [key, name], [item, value]]) }),
  );
}

function variable(wanted: LoopVariable, scope: Scope): unknown {
  if (!scope.variables.has(wanted)) throw new ReferenceError(outsideItsLoop(wanted));
  return scope.variables.get(wanted);
}

export const outsideItsLoop = ({ name }: LoopVariable): string =>
  `the variable ${name} of a loop is used outside that loop: a helper does not see it, no list may be there by it alone`;

/** A number prints as in JSON, which is what Helm does too. */
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const dig = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
