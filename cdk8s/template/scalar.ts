import { stringify } from 'yaml';
import { Expr, isWord, isWordKind, kindOf, nodeOf } from './expr.js';
import { asText, escapeBraces, interpolated, pipeline } from './print-expression.js';
import type { Scope } from './scope.js';

/** A literal as YAML. It is plain only where every version of YAML reads the same string. */
export function literalScalar(value: unknown): string {
  const [old, current] = (['1.1', '1.2'] as const).map((version) => yaml(value, version));
  const quoted = old === current ? old : stringify(value, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 });
  return escapeBraces((quoted ?? '').trimEnd());
}

/** A literal of several lines as a YAML block, from its header on; `undefined` where the block could lose white space. */
export function literalBlock(text: string, indent: number): string[] | undefined {
  if (!/\n[^]*\S\n?$/.test(text) || /[^\n\P{C}]/u.test(text)) return undefined;
  const [header = '', ...lines] = stringify({ k: text }, { lineWidth: 0, blockQuote: 'literal', indent: 2 })
    .trimEnd()
    .split('\n');
  const pad = ' '.repeat(indent - 2);
  return [header.slice('k: '.length), ...lines.map((line) => (line === '' ? '' : pad + escapeBraces(line)))];
}

/** An expression as a YAML scalar: text is quoted, unless it is proven to need no quotes. */
export function scalarOf(expr: Expr, scope: Scope): string {
  const node = nodeOf(expr);
  if (node.op === 'literal') return literalScalar(node.value);
  if (node.op === 'text' && isPlain(node.parts)) return interpolated(node.parts, scope);
  if (node.op === 'text' && node.parts.length === 1 && node.parts[0] instanceof Expr) {
    return `{{ ${asText(node.parts[0], scope)} | quote }}`;
  }
  return `{{ ${pipeline(expr, scope)}${suffixes[kindOf(expr)]} }}`;
}

const suffixes = {
  string: ' | quote',
  word: ' | quote',
  keyword: '',
  file: ' | quote',
  int: '',
  bool: '',
  number: ' | toJson',
  any: ' | toJson',
  list: ' | toJson',
  map: ' | toJson',
} as const;

/**
 * Words around a literal like `-redis` are a plain string whatever they are: no number, date or keyword of YAML has
 * a dash with four letters behind it.
 */
function isPlain(parts: readonly (string | Expr)[]): boolean {
  const literals = parts.filter((part) => typeof part === 'string');
  const words = parts
    .filter((part) => part instanceof Expr)
    .every((part) => isWordKind(kindOf(part)) || kindOf(part) === 'int');
  return words && literals.every(isWord) && literals.some((literal) => /-[a-z]{4}/.test(literal));
}

const yaml = (value: unknown, version: '1.1' | '1.2'): string =>
  stringify(value, { version, lineWidth: 0, blockQuote: false });
