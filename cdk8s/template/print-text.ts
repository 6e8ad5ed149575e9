import { Expr, Items, isList, isMap, kindOf, nodeOf, type Scalar, type Tree } from './expr.js';
import { conditional, headerLines, templateText } from './layout.js';
import { asText, condition, escapeBraces, goLiteral, interpolated, operand, pipeline } from './print-expression.js';
import { partialLines } from './print-yaml.js';
import { loop, Scope } from './scope.js';

/** The template file of named templates (`_helpers.tpl`). */
export function printHelpers(helpers: readonly Expr[], header?: string): string {
  const printed = helpers.map((expr) => {
    const node = nodeOf(expr);
    if (node.op === 'partial') return helperOf(node.name, partialLines(node.tree)).join('\n');
    if (node.op !== 'include') throw new TypeError('printHelpers() expected what helper() and partial() made');
    return helperLines(node.helper.name, node.helper.body).join('\n');
  });
  return templateText([...headerLines(header), printed.join('\n\n')]);
}

/** A template file that is text alone, like NOTES.txt: it exists in the chart only. */
export function printText(file: Expr, header?: string): string {
  const node = nodeOf(file);
  if (node.op !== 'lines') throw new TypeError('printText() expected lines()');
  return templateText([...headerLines(header), ...fileLines(node.items, Scope.top())]);
}

const helperOf = (name: string, lines: readonly string[]): string[] => [
  `{{- define ${goLiteral(name)} -}}`,
  ...lines,
  '{{- end }}',
];

function helperLines(name: string, body: Expr): string[] {
  const opening = `{{- define ${goLiteral(name)} -}}`;
  const node = nodeOf(body);
  // The line feed in front of this `end` is the one at the end of the file.
  if (node.op === 'lines') return [opening, ...fileLines(node.items, Scope.top()), '{{ end }}'];
  const inner =
    kindOf(body) === 'bool'
      ? [`{{- if ${condition(body, Scope.top())} }}true{{ end }}`]
      : valueLines(body, Scope.top());
  return [opening, ...inner, '{{- end }}'];
}

/** The body of a helper that is a text: an expression, or a chain of alternatives. */
function valueLines(tree: Tree, scope: Scope): string[] {
  if (tree === undefined) return [];
  if (!(tree instanceof Expr)) return [`{{- ${goLiteral(tree as Scalar)} }}`];
  const node = nodeOf(tree);
  if (node.op === 'when') {
    return conditional(node.condition, valueLines(node.then, scope), valueLines(node.otherwise, scope), '', scope);
  }
  const statements: string[] = [];
  const value = asText(tree, hoistingTo(statements, scope));
  return [...statements, `{{- ${value} }}`];
}

/** A loop of text becomes statements that collect its pieces, and the expression that joins them. */
function hoistingTo(statements: string[], scope: Scope): Scope {
  let loops = 0;
  return scope.hoisting(({ list, index, item, text, separator }) => {
    loops += 1;
    const pieces = loops === 1 ? '$pieces' : `$pieces${loops}`;
    const range = loop(pipeline(list, scope), index, item, scope, (inside) => operand(text, inside));
    statements.push(
      `{{- ${pieces} := list }}`,
      range.opening,
      `{{- ${pieces} = append ${pieces} ${range.body} }}`,
      '{{- end }}',
    );
    return `join ${goLiteral(separator)} ${pieces}`;
  });
}

function fileLines(items: readonly (Tree | Items)[], scope: Scope): string[] {
  return items.flatMap((item) => lineOf(item, scope)).map(keepWhiteSpace);
}

function lineOf(item: Tree | Items, scope: Scope): string[] {
  if (item instanceof Items) return severalLines(item, scope);
  if (item === undefined) return [];
  if (isList(item)) return item.flatMap((line) => lineOf(line, scope));
  if (isMap(item)) throw new TypeError('a line of a file is text, got a map');
  if (!(item instanceof Expr)) return [escapeBraces(String(item))];
  const node = nodeOf(item);
  if (node.op === 'when') {
    return conditional(node.condition, lineOf(node.then, scope), lineOf(node.otherwise, scope), '', scope);
  }
  return [interpolated(node.op === 'text' ? node.parts : [item], scope)];
}

function severalLines({ node }: Items, scope: Scope): string[] {
  if (node.op === 'spread') {
    const list: Tree = node.list;
    if (nodeOf(list).op === 'when') return lineOf(list, scope);
    return [`{{- range ${pipeline(list, scope)} }}`, '{{ . }}', '{{- end }}'];
  }
  const range = loop(pipeline(node.over, scope), node.key, node.item, scope, (inside) => lineOf(node.body, inside));
  return [range.opening, ...range.body, '{{- end }}'];
}

/** An action with a dash eats the white space in front of it, which an empty action keeps. */
function keepWhiteSpace(line: string, at: number, all: readonly string[]): string {
  const isEaten = all[at + 1]?.startsWith('{{-') === true && /(?:^|\s)$/.test(line);
  return isEaten ? `${line}{{ "" }}` : line;
}
