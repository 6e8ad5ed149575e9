import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';

/** Lets handlers see what the zod schemas of their route made of the request. */
interface ZodTypeProvider extends FastifyTypeProvider {
  validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
}

export type Routes = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the OpenAPI document says of a route beyond the schemas that validate its requests. */
export interface RouteDocument {
  readonly summary: string;
  readonly description?: string;
  /** Where the handler validates the body itself. */
  readonly body?: z.ZodType;
  readonly bodyTypes?: readonly string[];
  readonly status: 200 | 202;
  readonly answer: z.ZodType;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly document?: RouteDocument;
  }
}
