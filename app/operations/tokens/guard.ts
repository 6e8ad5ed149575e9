import type { FastifyInstance } from 'fastify';
import { MoorlineError } from '../../resilience/errors.js';
import type { Scope } from './scopes.js';
import type { FindCaller } from './tokens.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token must be good for to call the route; every route under /api/ says. */
    readonly scope?: Scope;
  }
  interface FastifyRequest {
    /** The name of the token, for audits. */
    caller: string;
  }
}

/**
 * Guards everything under /api/ by tokens; probes, metrics and the description of the API stay open, and all is open where there are
 * no tokens.
 */
export function requireToken(server: FastifyInstance, findCaller: FindCaller | undefined): void {
  server.decorateRequest('caller', 'anonymous');
  server.addHook('onRoute', ({ url, config }) => {
    if (isGuarded(url) && config?.scope === undefined) throw new TypeError(`the route ${url} names no scope`);
  });
  if (findCaller === undefined) return;
  server.addHook('onRequest', (request, _reply, done) => {
    // The route decides, not the URL: `/%61pi/` finds the same route.
    const { url, config } = request.routeOptions;
    if (!isGuarded(url)) {
      done();
      return;
    }
    const caller = findCaller(request.headers.authorization);
    request.caller = caller?.name ?? 'anonymous';
    if (caller === undefined) done(unauthorized());
    else if (config.scope === undefined || !caller.scopes.has(config.scope)) done(forbidden(caller.name, config.scope));
    else done();
  });
}

const isGuarded = (url: string | undefined): boolean => url?.startsWith('/api/') === true;

const unauthorized = (): MoorlineError =>
  new MoorlineError('unauthorized', 'Expected `Authorization: Bearer <token>` with a token of this server');

const forbidden = (name: string, scope: Scope | undefined): MoorlineError =>
  new MoorlineError(
    'forbidden',
    `Expected a token with the scope ${scope ?? 'of the route'}; that of ${name} has it not`,
  );
