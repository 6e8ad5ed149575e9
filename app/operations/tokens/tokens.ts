import { scopeNames } from './scopes.js';
import { digestOf, type Caller, type TokenList } from './token-list.js';

/** Whom the token in an Authorization header belongs to; undefined where it is missing or unknown. */
export type FindCaller = (authorization: string | undefined) => Caller | undefined;

/** Has all scopes. */
const owner: Caller = { name: 'token', scopes: new Set(scopeNames) };

/** The one token that may do everything, and those of a list, which may change meanwhile. */
export function callerBook(token: string | undefined, list: () => TokenList): FindCaller {
  const ownerDigest = token === undefined ? undefined : digestOf(token);
  return (authorization) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) return undefined;
    const digest = digestOf(given);
    return digest === ownerDigest ? owner : list().get(digest);
  };
}
