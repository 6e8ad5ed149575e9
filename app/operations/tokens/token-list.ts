import { createHash } from 'node:crypto';
import { isScope, scopeNames, type Scope } from './scopes.js';

/** Who calls, and what they may do. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Callers by the SHA-256 of their tokens: what a lookup takes tells nothing of a token. */
export type TokenList = ReadonlyMap<string, Caller>;

/** The list cannot be used; the message has one line for each reason and never a token. */
export class TokenListError extends Error {
  override readonly name = 'TokenListError';
}

const maxTokens = 1_000;

/**
 * A list of tokens: a line each of name, scopes and token, separated by blanks; empty lines and those that begin with `#` do not count.
 * Several lines may have one name, so that a token can be replaced while the old one is still good.
 *
 * @example
 *     shop    produce,read  sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 *     mailer  consume       Zk3rT0v1w9xq2LmN
 *
 * @throws TokenListError
 */
export function parseTokenList(text: string): TokenList {
  const list = new Map<string, Caller>();
  const problems: string[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const read = readLine(line);
    const problem = typeof read === 'string' ? read : findConflict(list, read.digest);
    if (problem === undefined && typeof read !== 'string') list.set(read.digest, read.caller);
    else problems.push(`line ${at + 1}: ${problem ?? ''}`);
  }
  if (list.size > maxTokens) problems.push(`expected at most ${maxTokens} tokens, got ${list.size}`);
  if (problems.length > 0) throw new TokenListError(problems.slice(0, 10).join('\n'));
  return list;
}

export const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');

function findConflict(list: TokenList, digest: string): string | undefined {
  const { name } = list.get(digest) ?? {};
  return name === undefined ? undefined : `expected another token than that of ${name}`;
}

/** A line, or what is wrong with it. */
function readLine(line: string): { readonly digest: string; readonly caller: Caller } | string {
  const [name = '', scopeList = '', token = '', ...rest] = line.trim().split(/\s+/);
  if (token === '' || rest.length > 0) return `expected a name, scopes and a token, separated by blanks`;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name))
    return 'expected a name of at most 64 letters, digits, dots, dashes and underscores';
  const given = scopeList.split(',');
  const unknown = given.find((scope) => !isScope(scope));
  // Not repeated: who mixes up the order has written the token there.
  if (unknown !== undefined) return `expected scopes of ${scopeNames.join(', ')}, separated by commas`;
  const digest = readToken(token);
  if (digest === undefined) return 'expected a token of 16 to 1000 characters, or sha256: and 64 hexadecimal digits';
  return { digest, caller: { name, scopes: new Set(given.filter(isScope)) } };
}

function readToken(token: string): string | undefined {
  const [, digest] = /^sha256:(.*)$/i.exec(token) ?? [];
  if (digest !== undefined) return /^[0-9a-f]{64}$/i.test(digest) ? digest.toLowerCase() : undefined;
  return token.length >= 16 && token.length <= 1_000 ? digestOf(token) : undefined;
}
