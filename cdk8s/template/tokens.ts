/**
 * Template literals carry expressions as tokens: `${v.host}:6379` becomes `⟦expr:17⟧:6379`, and `splitTokens` finds
 * the expression again. The brackets are U+27E6 and U+27E7, which no manifest has.
 */
const tokens = new Map<string, object>();
const issued = new WeakMap<object, string>();

/** The text that stands for `value` inside a string; the same value has one token. */
export function tokenOf(value: object): string {
  const known = issued.get(value);
  if (known !== undefined) return known;
  const token = `\u27e6expr:${tokens.size}\u27e7`;
  tokens.set(token, value);
  issued.set(value, token);
  return token;
}

/** The literal and the tokenised parts of a string, in order; without a token it is the string alone. */
export function splitTokens(text: string): (string | object)[] {
  return text
    .split(/(\u27e6expr:\d+\u27e7)/)
    .filter((part) => part !== '')
    .map((part) => tokens.get(part) ?? part);
}
