import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { MoorlineError } from '../resilience/errors.js';

/** Guards everything under /api/ by the token; probes, metrics and the description of the API stay open. */
export function requireBearerToken(server: FastifyInstance, token: string | undefined): void {
  if (token === undefined) return;
  const isRight = tokenCheck(token);
  server.addHook('onRequest', (request, _reply, done) => {
    // The route decides, not the URL: `/%61pi/` finds the same route.
    const guarded = request.routeOptions.url?.startsWith('/api/') === true;
    if (!guarded || isRight(request.headers.authorization)) done();
    else
      done(new MoorlineError('unauthorized', 'Expected `Authorization: Bearer <token>` with the token of this server'));
  });
}

/** Compares hashes, so that the time it takes says nothing of the token, nor of its length. */
export function tokenCheck(token: string): (authorization: string | undefined) => boolean {
  const expected = sha256(token);
  return (authorization) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    return given !== undefined && timingSafeEqual(sha256(given), expected);
  };
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
