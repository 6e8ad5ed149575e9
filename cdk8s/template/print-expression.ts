import { Expr, isTextKind, kindOf, nodeOf, type ExprNode, type Scalar } from './expr.js';
import type { FunctionName } from './functions.js';
import type { Scope } from './scope.js';

type Call = ExprNode & { op: 'call' };

/** Functions whose last argument is their subject: they read best behind a pipe. */
const filters: ReadonlySet<FunctionName> = new Set([
  'default',
  'trunc',
  'trimSuffix',
  'replace',
  'lower',
  'sha256sum',
  'toJson',
]);

/** An expression as Go template text: what stands alone between braces, or at the start of a pipe. */
export function pipeline(expr: Expr, scope: Scope): string {
  const node = nodeOf(expr);
  switch (node.op) {
    case 'literal':
      return goLiteral(node.value);
    case 'reference':
      return counted(expr, node.root === 'Values', member(`${scope.root}.${node.root}`, node.path));
    case 'variable':
      return counted(expr, node.variable.counted !== true, member(scope.nameOf(node.variable), node.path));
    case 'call':
      return goCall(node, scope);
    case 'text':
      return formatted(node.parts, scope);
    case 'include':
      return kindOf(expr) === 'bool' ? `eq (${include(node, scope)}) "true"` : include(node, scope);
    case 'chartFile':
      return `${scope.root}.Files.Get ${goLiteral(node.path)}`;
    case 'joinEach':
      return scope.hoist(node);
    case 'partial':
      throw new TypeError('partial() is the whole value of a field');
    case 'when':
      throw new TypeError('when() makes fields, items, lines and helper bodies; inside an expression use ternary()');
    case 'lines':
      throw new TypeError('lines() need a name to be included by: wrap them in helper()');
    case 'fields':
      throw new TypeError('spreadFields() stands among the fields of a map: { ...spreadFields(map) }');
  }
}

/** An expression as the argument of a function. */
export function operand(expr: Expr, scope: Scope): string {
  return parenthesised(pipeline(expr, scope));
}

/** An expression where only its truth counts, so that what Go does by itself can be left out. */
export function condition(expr: Expr, scope: Scope): string {
  const node = nodeOf(expr);
  if (node.op === 'include') return include(node, scope);
  if (node.op !== 'call') return pipeline(expr, scope);
  const subject = emptinessOf(node);
  if (subject !== undefined) return `not ${parenthesised(condition(subject, scope))}`;
  if (node.fn === 'not' && node.args[0] !== undefined) {
    const inner = nodeOf(node.args[0]);
    const presence = inner.op === 'call' ? emptinessOf(inner) : undefined;
    return presence === undefined ? `not ${parenthesised(condition(node.args[0], scope))}` : condition(presence, scope);
  }
  if (node.fn !== 'and' && node.fn !== 'or') return pipeline(expr, scope);
  const operands = distinctConditions(node, scope);
  return operands.length === 1 ? operands.join() : [node.fn, ...operands.map(parenthesised)].join(' ');
}

/** The operands of `and` or `or` (and of the same inside it), each said once. */
export const distinctConditions = (node: Call, scope: Scope): string[] => [
  ...new Set(flattened(node).map((arg) => condition(arg, scope))),
];

function flattened({ fn, args }: Call): Expr[] {
  return args.flatMap((arg) => {
    const node = nodeOf(arg);
    return node.op === 'call' && node.fn === fn ? flattened(node) : [arg];
  });
}

/** Text with actions in it, for places where nothing quotes: lines of a file and plain YAML scalars. */
export function interpolated(parts: readonly (string | Expr)[], scope: Scope): string {
  return parts
    .map((part, at) =>
      part instanceof Expr ? `{{ ${asText(part, scope)} }}` : escapeBraces(part, at < parts.length - 1),
    )
    .join('');
}

/** Literal text may hold braces of its own (those of Prometheus rules do), also right before an action. */
export function escapeBraces(text: string, beforeAction = false): string {
  const escaped = text.replaceAll('{{', '{{ "{{" }}');
  return beforeAction && escaped.endsWith('{') ? `${escaped.slice(0, -1)}{{ "{" }}` : escaped;
}

/** An expression whose output is its text. Go would write a float its own way. */
export const asText = (expr: Expr, scope: Scope): string =>
  kindOf(expr) === 'number' ? `${pipeline(expr, scope)} | toJson` : pipeline(expr, scope);

/** `JSON.stringify` escapes within what Go reads. */
export const goLiteral = (value: Scalar): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));

export const parenthesised = (text: string): string =>
  /\s/.test(text) && !/^"(?:[^"\\]|\\.)*"$/.test(text) && !isParenthesised(text) ? `(${text})` : text;

/** Values files give every number as a float; `int` also prints large ones without an exponent. */
const counted = (expr: Expr, isFloat: boolean, text: string): string =>
  kindOf(expr) === 'int' && isFloat ? `int ${text}` : text;

const include = (node: ExprNode & { op: 'include' }, scope: Scope): string =>
  `include ${goLiteral(node.helper.name)} ${scope.dot}`;

function goCall({ fn, args }: Call, scope: Scope): string {
  const subject = args.at(-1);
  if (subject === undefined || !filters.has(fn)) return [fn, ...args.map((arg) => operand(arg, scope))].join(' ');
  const options = args.slice(0, -1).map((arg) => operand(arg, scope));
  return `${pipeline(subject, scope)} | ${[fn, ...options].join(' ')}`;
}

function formatted(parts: readonly (string | Expr)[], scope: Scope): string {
  const [first] = parts;
  const format = parts.map((part) => (part instanceof Expr ? verb(part) : part.replaceAll('%', '%%'))).join('');
  const values = parts.filter((part) => part instanceof Expr);
  if (parts.length === 1 && first instanceof Expr && kindOf(first) === 'number') return asText(first, scope);
  return ['printf', goLiteral(format), ...values.map((value) => parenthesised(asText(value, scope)))].join(' ');
}

function verb(expr: Expr): string {
  const kind = kindOf(expr);
  if (isTextKind(kind) || kind === 'number') return '%s';
  return kind === 'int' ? '%d' : '%t';
}

function emptinessOf({ fn, args }: Call): Expr | undefined {
  return fn === 'empty' ? args[0] : undefined;
}

/** A field of a value; a name that is no Go identifier needs `index`. */
function member(root: string, path: readonly string[]): string {
  const odd = path.findIndex((key) => !/^[A-Za-z_]\w*$/.test(key));
  if (odd === -1) return [root, ...path].join('.');
  const found = `(index ${[root, ...path.slice(0, odd)].join('.')} ${goLiteral(path[odd] ?? '')})`;
  return member(found, path.slice(odd + 1));
}

/** `(index .a "b").c` needs no parentheses of its own, `(a) (b)` does. */
const isParenthesised = (text: string): boolean => /^\(index \S+ "[^"]*"\)(?:\.\w+)*$/.test(text);
