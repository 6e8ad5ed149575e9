import type { FastifyInstance } from 'fastify';
import { MoorlineError } from '../resilience/errors.js';

/** Answers 404 where nothing lives, and 405 with `Allow` where another method would have been right. */
export function answerUnknownRoutes(server: FastifyInstance): void {
  const methodsByPattern = new Map<string, Set<string>>();

  server.addHook('onRoute', (route) => {
    const methods = methodsByPattern.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) methods.add(method);
    methodsByPattern.set(route.url, methods);
  });

  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = [...methodsByPattern].find(([pattern]) => matches(pattern, path))?.[1];
    if (allowed === undefined) throw new MoorlineError('not_found', 'Nothing lives at this path; see /openapi.json');
    const allow = [...allowed].sort().join(', ');
    void reply.header('allow', allow);
    throw new MoorlineError('method_not_allowed', `Expected ${allow}, got ${request.method}`);
  });
}

/** Whether a path such as `/queues/mail` is of the pattern `/queues/:queue`. */
export function matches(pattern: string, path: string): boolean {
  const expected = pattern.split('/');
  const parts = path.split('/');
  return (
    parts.length === expected.length &&
    expected.every((name, at) => (name.startsWith(':') ? parts[at] !== '' : name === parts[at]))
  );
}
