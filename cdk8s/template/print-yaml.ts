import {
  Expr,
  Items,
  isList,
  isMap,
  kindOf,
  nodeOf,
  type Document,
  type ExprNode,
  type Tree,
  type TreeMap,
} from './expr.js';
import { fieldsOf } from './evaluate.js';
import { conditional, conditionLines, headerLines, templateText } from './layout.js';
import { fieldsBeside, presenceOf } from './presence.js';
import { condition, goLiteral, pipeline } from './print-expression.js';
import { optional } from './structure.js';
import { literalBlock, literalScalar, scalarOf } from './scalar.js';
import { loop, Scope } from './scope.js';

type When = ExprNode & { op: 'when' };

/** The template text of one file: what `helm template` turns into what `evaluateDocument` gives. */
export function printTemplate(document: Document, header?: string): string {
  return templateText([...headerLines(header), ...documentLines(document, Scope.top(), closed)]);
}

/** The body of a named template that is a part of manifests: a map, or a list. */
export const partialLines = (tree: Tree): string[] =>
  isList(tree) ? collectionLines(tree, 0, Scope.top()) : documentLines(tree, Scope.top(), (lines) => lines);

function documentLines(document: Document, scope: Scope, finish: (lines: string[]) => string[]): string[] {
  if (document === undefined) return [];
  if (document instanceof Items) {
    const { node } = document;
    if (node.op === 'spread') return documentLines(node.list, scope, finish);
    const range = loop(pipeline(node.over, scope), node.key, node.item, scope, (inside) => [
      '---',
      ...documentLines(node.body, inside, finish),
    ]);
    return [range.opening, ...range.body, '{{- end }}'];
  }
  if (isList(document)) return document.flatMap((item) => documentLines(item, scope, finish));
  if (isMap(document)) return finish(mapLines(document, 0, scope));
  const node = document instanceof Expr ? nodeOf(document) : undefined;
  if (node?.op !== 'when') throw new TypeError('expected an object, a conditional object or a loop of objects');
  return choice(node, 0, scope, (tree) => documentLines(tree, scope, finish));
}

/** Helm trims the end of an object, which may be line feeds of a value that a user gave. A comment keeps them. */
function closed(lines: string[]): string[] {
  const [before = '', last = ''] = lines.filter((line) => !line.endsWith('{{- end }}')).slice(-2);
  const isGiven = / nindent \d+ }}$/.test(last) && !/\|2?$/.test(before);
  return isGiven ? [...lines, '# The end of the object.'] : lines;
}

function mapLines(map: TreeMap, indent: number, scope: Scope): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    const given = fieldsOf(key);
    return given === undefined
      ? fieldLines(key, value, indent, scope)
      : givenFields(given, Object.keys(map), indent, scope);
  });
}

/** The entries of a user's map, without those that the manifest fixes itself. */
function givenFields(map: Expr, keys: readonly string[], indent: number, scope: Scope): string[] {
  return withLines(fieldsBeside(map, keys), [toYaml('.', indent)], indent, scope);
}

function fieldLines(key: string, value: Tree, indent: number, scope: Scope): string[] {
  const pad = ' '.repeat(indent);
  const name = `${pad}${literalScalar(key)}:`;
  if (value === undefined) return [];
  if (value instanceof Expr) {
    const node = nodeOf(value);
    if (node.op === 'when') return conditionalField(key, node, indent, scope);
    if (node.op === 'partial') return [name, includedPart(node, indent + 2, scope)];
    if (kindOf(value) === 'file') return [`${name} ${blockHeader(value)}`, includedFile(value, indent + 2, scope)];
    if (isCollection(value)) return [name, toYaml(pipeline(value, scope), indent + 2)];
    return [`${name} ${scalarOf(value, scope)}`];
  }
  if (isWrittenCollection(value)) {
    const whole = hoisted(value);
    if (whole !== undefined) return fieldLines(key, whole, indent, scope);
    return guarded(value, [name, ...collectionLines(value, indent + 2, scope)], pad, scope);
  }
  const block = typeof value === 'string' ? literalBlock(value, indent + 2) : undefined;
  return block === undefined ? [`${name} ${literalScalar(value)}`] : [`${name} ${block[0] ?? ''}`, ...block.slice(1)];
}

function conditionalField(key: string, node: When, indent: number, scope: Scope): string[] {
  const pad = ' '.repeat(indent);
  const { then } = node;
  if (
    then instanceof Expr &&
    isCollection(then) &&
    node.otherwise === undefined &&
    isPresenceOf(node.condition, then, scope)
  ) {
    return withLines(then, [`${pad}${literalScalar(key)}:`, toYaml('.', indent + 2)], indent, scope);
  }
  return choice(node, indent, scope, (tree) => fieldLines(key, tree, indent, scope));
}

function itemLines(item: Tree | Items, indent: number, scope: Scope): string[] {
  const pad = ' '.repeat(indent);
  if (item instanceof Items) return severalItems(item, indent, scope);
  if (item === undefined) return [];
  if (item instanceof Expr) {
    const node = nodeOf(item);
    if (node.op === 'when') return choice(node, indent, scope, (tree) => itemLines(tree, indent, scope));
    if (kindOf(item) === 'file') return [`${pad}- ${blockHeader(item)}`, includedFile(item, indent + 2, scope)];
    return [`${pad}- ${scalarOf(item, scope)}`];
  }
  if (!isWrittenCollection(item)) return [`${pad}- ${literalScalar(item)}`];
  const whole = hoisted(item);
  if (whole !== undefined) return itemLines(whole, indent, scope);
  return guarded(item, dashed(collectionLines(item, indent + 2, scope), pad), pad, scope);
}

function severalItems({ node }: Items, indent: number, scope: Scope): string[] {
  if (node.op === 'spread') return spreadLines(node.list, indent, scope);
  const range = loop(pipeline(node.over, scope), node.key, node.item, scope, (inside) =>
    itemLines(node.body, indent, inside),
  );
  const pad = ' '.repeat(indent);
  return [pad + range.opening, ...range.body, `${pad}{{- end }}`];
}

function spreadLines(list: Tree, indent: number, scope: Scope): string[] {
  if (list === undefined) return [];
  if (isList(list)) return list.flatMap((item) => itemLines(item, indent, scope));
  if (!(list instanceof Expr)) throw new TypeError('spread() expected a list');
  const node = nodeOf(list);
  if (node.op !== 'when') return withLines(list, [toYaml('.', indent)], indent, scope);
  return choice(node, indent, scope, (tree) => spreadLines(tree, indent, scope));
}

function collectionLines(tree: TreeMap | readonly (Tree | Items)[], indent: number, scope: Scope): string[] {
  return isList(tree) ? tree.flatMap((item) => itemLines(item, indent, scope)) : mapLines(tree, indent, scope);
}

function choice(node: When, indent: number, scope: Scope, print: (branch: Tree) => string[]): string[] {
  return conditional(node.condition, print(node.then), print(node.otherwise), ' '.repeat(indent), scope);
}

/** "- " takes the place of the indentation of the first line, unless that is an action, which prints nothing itself. */
function dashed([first = '', ...rest]: readonly string[], pad: string): string[] {
  return first.trimStart().startsWith('{{-') ? [`${pad}-`, first, ...rest] : [`${pad}- ${first.trimStart()}`, ...rest];
}

/**
 * A collection of one conditional part is a conditional collection, which takes one `if` instead of a guard and an
 * `if`. One that is all a user's is the value of the user.
 */
function hoisted(tree: Tree): Expr | undefined {
  const [[key, only] = [], ...others] = isWrittenCollection(tree) ? Object.entries<Tree | Items>(tree) : [];
  if (key === undefined || others.length > 0) return undefined;
  const given = only instanceof Items && only.node.op === 'spread' ? only.node.list : fieldsOf(key);
  if (given !== undefined && isCollection(given)) return optional(given);
  const whole = only instanceof Expr || only instanceof Items ? only : hoisted(only);
  const node = whole instanceof Expr ? nodeOf(whole) : undefined;
  if (node?.op !== 'when' || node.otherwise !== undefined) return undefined;
  return new Expr({ ...node, then: isList(tree) ? [node.then] : { [key]: node.then } }, 'any');
}

/** A collection that may lose everything needs the condition around its key too, or the key would hold null. */
function guarded(tree: Tree, lines: string[], pad: string, scope: Scope): string[] {
  const presence = presenceOf(tree);
  if (presence === false) return [];
  return presence === true ? lines : conditional(presence, lines, [], pad, scope);
}

function withLines(subject: Expr, body: readonly string[], indent: number, scope: Scope): string[] {
  const pad = ' '.repeat(indent);
  return [...conditionLines('with', subject, pad, scope), ...body, `${pad}{{- end }}`];
}

const toYaml = (subject: string, indent: number): string =>
  `${' '.repeat(indent)}{{- toYaml ${/\s/.test(subject) ? `(${subject})` : subject} | nindent ${indent} }}`;

const includedFile = (file: Expr, indent: number, scope: Scope): string =>
  `${' '.repeat(indent)}{{- ${pipeline(file, scope)} | nindent ${indent} }}`;

const includedPart = (node: ExprNode & { op: 'partial' }, indent: number, scope: Scope): string =>
  `${' '.repeat(indent)}{{- include ${goLiteral(node.name)} ${scope.dot} | nindent ${indent} }}`;

/** A block tells its indentation by its first line, unless that may start with a space of its own. */
function blockHeader(file: Expr): string {
  const node = nodeOf(file);
  const body = node.op === 'include' ? nodeOf(node.helper.body) : node;
  const first = body.op === 'lines' ? body.items[0] : undefined;
  const start =
    first instanceof Expr && nodeOf(first).op === 'text'
      ? (nodeOf(first) as ExprNode & { op: 'text' }).parts[0]
      : first;
  // A file of the chart starts with text, chartFile() sees to it.
  if (body.op === 'chartFile') return '|';
  return typeof start === 'string' && /^\S/.test(start) ? '|' : '|2';
}

const isCollection = (expr: Expr): boolean => kindOf(expr) === 'list' || kindOf(expr) === 'map';

const isWrittenCollection = (tree: Tree): tree is TreeMap | readonly (Tree | Items)[] =>
  (isList(tree) && tree.length > 0) || (isMap(tree) && Object.keys(tree).length > 0);

/** Whether a condition asks for nothing but the value itself, which `with` says shorter. */
const isPresenceOf = (test: Expr, value: Expr, scope: Scope): boolean =>
  condition(test, scope) === pipeline(value, scope);
