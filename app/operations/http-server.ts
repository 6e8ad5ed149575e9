import { randomUUID } from 'node:crypto';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Logger } from '../log.js';
import type { Registry } from '../metrics.js';
import { answerUnknownRoutes } from './unknown-route.js';
import { errorReply, type ErrorReply, rawErrorResponse } from './error-reply.js';
import { requireToken } from './tokens/guard.js';
import type { FindCaller } from './tokens/tokens.js';
import { measureRequests } from './request-metrics.js';

export interface HttpServerOptions {
  readonly log: Logger;
  readonly registry: Registry;
  /** Guards /api/; everything is open without it. */
  readonly findCaller?: FindCaller;
  /** From then on each answer ends its connection, so that the next request goes to who stays. */
  readonly stopping?: AbortSignal;
}

/** How long a client may take to send a whole request. Answers may take longer: a claim waits. */
const requestTimeoutMs = 60_000;

/** Ids of 200 characters, each percent-encoded UTF-8, still are parts of a path. */
const maxParamLength = 2_400;

/** An HTTP server as gateway and worker have it: one shape of errors, request ids, metrics, tokens. Routes are the caller's. */
export function createHttpServer({ log, registry, findCaller, stopping }: HttpServerOptions): FastifyInstance {
  // Named by its own interface: with pino's, the server would be of another type than every plugin expects.
  const loggerInstance: FastifyBaseLogger = log;
  const server = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestTimeout: requestTimeoutMs,
    // Requests that arrive while it closes are still answered, each on a connection that then ends.
    return503OnClosing: false,
    routerOptions: { maxParamLength },
    frameworkErrors: (error, _request, reply) => void sendError(reply as FastifyReply, errorReply(error)),
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(rawErrorResponse(error));
      else socket.destroy();
    },
  });
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    if (stopping?.aborted === true) void reply.header('connection', 'close');
    done();
  });
  server.setErrorHandler((error, request, reply) => {
    const answer = errorReply(error);
    if (answer.status === 500) request.log.error({ err: error }, 'request failed unexpectedly');
    else request.log.debug({ err: error }, 'request refused');
    return sendError(reply, answer);
  });
  measureRequests(server, registry);
  requireToken(server, findCaller);
  answerUnknownRoutes(server);
  return server;
}

const sendError = (reply: FastifyReply, { status, headers, body }: ErrorReply): FastifyReply =>
  reply.code(status).headers(headers).send(body);
