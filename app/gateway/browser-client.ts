import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { MoorlineError } from '../resilience/errors.js';

const folder = new URL('../../browser/', import.meta.url);

/** The client for web pages, of the same version as this gateway, so that a page needs no build: `import('/browser/index.js')`. */
export function serveBrowserClient(server: FastifyInstance): void {
  const files = readModules();
  server.get<{ Params: { readonly file: string } }>('/browser/:file', (request, reply) => {
    const found = files.get(request.params.file);
    if (found === undefined) throw new MoorlineError('not_found', 'Expected a module of the client, as index.js');
    const { etag, text } = found;
    void reply.headers({
      'content-type': 'text/javascript; charset=utf-8',
      // Modules of one version belong together: whoever has them asks whether they are still those.
      'cache-control': 'no-cache',
      etag,
      // There is nothing secret in it, and pages come from elsewhere.
      'access-control-allow-origin': '*',
    });
    return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(text);
  });
}

function readModules(): ReadonlyMap<string, { readonly text: string; readonly etag: string }> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return new Map(
    names.map((name) => {
      const text = readFileSync(new URL(name, folder), 'utf8').replace(/^\/\/# sourceMappingURL=.*\n?/m, '');
      return [name, { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` }];
    }),
  );
}
