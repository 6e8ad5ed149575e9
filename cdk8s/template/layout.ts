import { nodeOf, type Expr } from './expr.js';
import { condition, distinctConditions, parenthesised } from './print-expression.js';
import type { Scope } from './scope.js';

const maxColumns = 160;
const maxLines = 300;
/** From here on a condition is written with one operand a line. */
const comfortable = 120;

/** `if`, `else` and `end` around printed parts; a chain of alternatives is `else if`. */
export function conditional(
  test: Expr,
  then: readonly string[],
  otherwise: readonly string[],
  pad: string,
  scope: Scope,
): string[] {
  const opening = conditionLines('if', test, pad, scope);
  if (otherwise.length === 0) return [...opening, ...then, `${pad}{{- end }}`];
  if (then.length === 0) return [...opening, `${pad}{{- else }}`, ...otherwise, `${pad}{{- end }}`];
  return [...opening, ...then, ...alternative(otherwise, pad)];
}

/** An alternative that is a conditional itself continues the chain, so that it needs no `end` of its own. */
function alternative(otherwise: readonly string[], pad: string): string[] {
  const [first = '', ...rest] = otherwise;
  const isChain = first.startsWith(`${pad}{{- if `) && otherwise.indexOf(`${pad}{{- end }}`) === otherwise.length - 1;
  if (isChain) return [first.replace('{{- if ', '{{- else if '), ...rest];
  return [`${pad}{{- else }}`, ...otherwise, `${pad}{{- end }}`];
}

export function conditionLines(keyword: 'if' | 'with', test: Expr, pad: string, scope: Scope): string[] {
  const line = `${pad}{{- ${keyword} ${condition(test, scope)} }}`;
  const node = nodeOf(test);
  if (line.length <= comfortable || node.op !== 'call') return [line];
  const isLogic = node.fn === 'and' || node.fn === 'or';
  const operands = isLogic ? distinctConditions(node, scope) : [];
  if (operands.length < 2) return [line];
  const listed = operands.map((text) => `${pad}      ${parenthesised(text)}`);
  return [`${pad}{{- ${keyword} ${node.fn}`, ...listed, `${pad}    }}`];
}

/**
 * The text of a template file.
 *
 * @throws RangeError when a line or the file is longer than a reader would like.
 */
export function templateText(lines: readonly string[]): string {
  const text = `${lines.join('\n')}\n`;
  const all = text.split('\n');
  const long = all.find((line) => line.length > maxColumns);
  if (long !== undefined) {
    throw new RangeError(
      `a template line has ${long.length} characters, at most ${maxColumns}: give a part a helper(): ${long.trim()}`,
    );
  }
  if (all.length - 1 > maxLines)
    throw new RangeError(`a template has ${all.length - 1} lines, at most ${maxLines}: split it`);
  return text;
}

/** The comment at the top of a template file. */
export const headerLines = (header: string | undefined): string[] =>
  header === undefined ? [] : [`{{- /* ${header} */ -}}`];
