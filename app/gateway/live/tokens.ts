import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { FindCaller } from '../../operations/tokens/tokens.js';
import type { LiveConfig } from '../../config/types.js';
import { MoorlineError } from '../../resilience/errors.js';
import { fullAccess, matchesAny, type Access } from './access.js';
import { KeySetFile } from './key-set-file.js';

export interface TokenOptions {
  /** Those of the gateway itself; everything is open where neither these nor a key is given. */
  readonly findCaller: FindCaller | undefined;
  readonly jwt: LiveConfig['jwt'];
}

const names = z.array(z.string().max(200)).max(1_000).default([]);
/** `streams` and `topics`: what may be read, by name or as `prefix*`. */
const claims = z.looseObject({ exp: z.number(), streams: names, topics: names });

/** Says who may read what, by the token that a client brings. */
export class Tokens {
  private readonly keySetFile: KeySetFile | undefined;

  constructor(private readonly options: TokenOptions) {
    const { jwksFile } = options.jwt;
    this.keySetFile = jwksFile === undefined ? undefined : new KeySetFile(jwksFile);
  }

  /** Nobody has to bring a token. */
  get isOpen(): boolean {
    const { findCaller, jwt } = this.options;
    return findCaller === undefined && jwt.secret === undefined && jwt.jwksFile === undefined;
  }

  /** Rejects with `unauthorized` and says why, without the token. */
  async access(token: string): Promise<Access> {
    if (this.isOpen) return fullAccess;
    if (this.options.findCaller?.(`Bearer ${token}`)?.scopes.has('read') === true) return fullAccess;
    const { exp, streams, topics } = await this.verified(token);
    return {
      expiresAt: exp * 1_000,
      mayRead: (kind, name) => matchesAny(kind === 'stream' ? streams : topics, name),
    };
  }

  private async verified(token: string): Promise<z.output<typeof claims>> {
    const { secret, audience, issuer } = this.options.jwt;
    const checks = {
      ...(audience === undefined ? {} : { audience }),
      ...(issuer === undefined ? {} : { issuer }),
      // Clocks of issuers are a little off.
      clockTolerance: 5,
      requiredClaims: ['exp'],
    };
    try {
      const { payload } = await (isSymmetric(token) && secret !== undefined
        ? jwtVerify(token, Buffer.from(secret), { ...checks, algorithms: ['HS256'] })
        : jwtVerify(token, await this.keySet(), { ...checks, algorithms: ['RS256', 'ES256'] }));
      return parseClaims(payload);
    } catch (error) {
      if (error instanceof MoorlineError) throw error;
      throw unauthorized(error instanceof errors.JOSEError ? error.code : 'it is no JSON Web Token');
    }
  }

  private async keySet(): Promise<JWTVerifyGetKey> {
    if (this.keySetFile === undefined) throw unauthorized('this gateway has no keys for such a token');
    try {
      return await this.keySetFile.keys();
    } catch {
      throw unauthorized('the keys of this gateway cannot be read');
    }
  }
}

function isSymmetric(token: string): boolean {
  const [header = ''] = token.split('.');
  return Buffer.from(header, 'base64url').toString().includes('"HS256"');
}

function parseClaims(payload: JWTPayload): z.output<typeof claims> {
  const { success, data } = claims.safeParse(payload);
  if (!success) throw unauthorized('its claims `streams` and `topics` are no lists of names');
  return data;
}

const unauthorized = (why: string): MoorlineError =>
  new MoorlineError('unauthorized', `Expected a token of this gateway, or a JSON Web Token that it trusts: ${why}`);
