import { evaluate, type Context } from './evaluate.js';
import { Expr, nodeOf } from './expr.js';
import { conditionLines, headerLines, templateText } from './layout.js';
import { goLiteral, parenthesised, asText } from './print-expression.js';
import { Scope } from './scope.js';
import type { Text } from './templated.js';
import { lift } from './tree.js';

/** A combination of values that each are allowed, but not together. */
export interface Refusal {
  readonly id: string;
  /** The values are refused when this holds. */
  readonly check: Expr<boolean>;
  /** Which values, why not, and what to do. */
  readonly message: Expr;
}

/** States a refusal; where it is checked is up to `TemplateChart` and `printRefusals`. */
export const refuse = (refusal: {
  readonly id: string;
  readonly check: Expr<boolean>;
  readonly message: Text;
}): Refusal => ({
  ...refusal,
  message: lift(refusal.message),
});

/** What the plain rendering throws where Helm's `fail` would end; it names every refusal, Helm the first. */
export class RefusedValues extends Error {
  override readonly name = 'RefusedValues';

  constructor(readonly refused: readonly { readonly id: string; readonly message: string }[]) {
    super(refused.map(({ message }) => message).join('\n'));
  }
}

/** @throws RefusedValues when a check holds under these values. */
export function enforce(refusals: readonly Refusal[], context: Context): void {
  const refused = refusals
    .filter(({ check }) => evaluate(check, context) === true)
    .map(({ id, message }) => ({ id, message: String(evaluate(message, context)) }));
  if (refused.length > 0) throw new RefusedValues(refused);
}

/** A template file that renders nothing, or stops Helm with the message of the first check that holds. */
export function printRefusals(refusals: readonly Refusal[], header?: string): string {
  const scope = Scope.top();
  const blocks = refusals.flatMap(({ id, check, message }) => [
    `{{- /* ${id} */ -}}`,
    ...conditionLines('if', check, '', scope),
    ...failLines(pieces(message), scope),
    '{{- end }}',
  ]);
  return templateText([...headerLines(header), ...blocks]);
}

function failLines(message: readonly (string | Expr)[], scope: Scope): string[] {
  const printed = message.map((piece) =>
    piece instanceof Expr ? parenthesised(asText(piece, scope)) : goLiteral(piece),
  );
  if (printed.length === 1) return [`{{- fail ${printed.join()} }}`];
  return ['{{- fail (print', ...printed.map((piece) => `      ${piece}`), '    ) }}'];
}

/** A message as short literals and expressions; `print` puts spaces only between operands that are no strings. */
function pieces(message: Expr): (string | Expr)[] {
  const node = nodeOf(message);
  const parts = node.op === 'text' ? node.parts : node.op === 'literal' ? [String(node.value)] : [message];
  const apart = parts.flatMap((part, at) =>
    part instanceof Expr && parts[at - 1] instanceof Expr ? ['', part] : [part],
  );
  return apart.flatMap((part) => (typeof part === 'string' && part !== '' ? wrapped(part) : [part]));
}

/** A text in pieces of at most 100 characters, cut behind spaces. */
const wrapped = (text: string): string[] => text.match(/.{1,99}(?:\s|$)|\S{100,}\s?/gsu) ?? [text];
