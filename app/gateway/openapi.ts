import type { FastifyInstance, RouteOptions } from 'fastify';
import { z } from 'zod';
import { scopes } from '../operations/tokens/scopes.js';
import { errorCatalogue } from '../resilience/errors.js';
import type { RouteDocument } from './route-types.js';

type JsonObject = Record<string, unknown>;
type ToSchema = (schema: z.core.$ZodType) => JsonObject;

/** Serves the description of all documented routes, made of the schemas that validate their requests. */
export function serveOpenApi(server: FastifyInstance, version: string): void {
  const paths: Record<string, JsonObject> = {};
  const schemas: JsonObject = { Error: errorSchema };
  const toSchema = schemaPrinter(schemas);
  server.addHook('onRoute', (route) => {
    const document = route.config?.document;
    if (document === undefined || route.method === 'HEAD') return;
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [String(route.method).toLowerCase()]: describeOperation(route, document, toSchema),
    };
  });
  server.get('/openapi.json', () => ({
    openapi: '3.1.0',
    info: { title: 'Moorline', version, description: 'Times are milliseconds, ids are strings.' },
    paths,
    components: { schemas, securitySchemes: { token: tokenScheme } },
  }));
}

function describeOperation(route: RouteOptions, document: RouteDocument, toSchema: ToSchema): JsonObject {
  const { params, querystring, body } = route.schema ?? {};
  return {
    summary: document.summary,
    description: document.description,
    security: [{ token: [route.config?.scope] }],
    parameters: [
      ...describeParameters('path', params, toSchema),
      ...describeParameters('query', querystring, toSchema),
    ],
    requestBody: describeBody(document, document.body ?? body, toSchema),
    responses: {
      [document.status]: {
        description: 'As asked',
        content: { 'application/json': { schema: toSchema(document.answer) } },
      },
      default: {
        description: 'An error',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function describeBody(
  { bodyTypes = ['application/json'] }: RouteDocument,
  body: unknown,
  toSchema: ToSchema,
): JsonObject | undefined {
  if (!(body instanceof z.ZodType)) return undefined;
  const schema = toSchema(body);
  const required = !body.safeParse(undefined).success;
  return { required, content: Object.fromEntries(bodyTypes.map((type) => [type, { schema }])) };
}

function describeParameters(place: 'path' | 'query', schema: unknown, toSchema: ToSchema): JsonObject[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as z.core.$ZodShape).map(([name, parameter]) => {
    const { description, ...rest } = toSchema(parameter);
    return { name, in: place, required: place === 'path', description, schema: rest };
  });
}

/** Prints zod schemas as JSON Schema; those with a name are put into `components` once. */
function schemaPrinter(components: JsonObject): ToSchema {
  return (schema) => {
    // `output` is what preprocessing expects of a query, and the items of a bounded list.
    const { $defs = {}, ...rest } = z.toJSONSchema(schema, { io: 'output' });
    delete rest.$schema;
    const inComponents = (part: object): JsonObject =>
      JSON.parse(JSON.stringify(part).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonObject;
    Object.assign(components, inComponents($defs));
    return inComponents(rest);
  };
}

/** An operation names the scope that a token needs for it. */
const tokenScheme = {
  type: 'http',
  scheme: 'bearer',
  description: `Scopes: ${Object.entries(scopes)
    .map(([name, meaning]) => `\`${name}\` (${meaning})`)
    .join(', ')}.`,
};

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'retryable'],
      properties: {
        code: { enum: Object.keys(errorCatalogue) },
        message: { type: 'string', description: 'What was expected, what came, what to do' },
        retryable: { type: 'boolean', description: 'Whether sending the same again may help' },
      },
    },
    jobs: {
      type: 'array',
      description: 'With `unconfirmed`: the jobs in question, also those whose ids the server made',
      items: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
    },
  },
};
