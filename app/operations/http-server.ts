import { randomUUID } from 'node:crypto';
import type { Server } from 'node:https';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyHttpsOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyServerOptions,
} from 'fastify';
import type { HttpTlsConfig } from '../config/index.js';
import type { Logger } from '../log.js';
import type { Registry } from '../metrics.js';
import { answerUnknownRoutes } from './unknown-route.js';
import { errorReply, type ErrorReply, rawErrorResponse } from './error-reply.js';
import { followTls, readTls } from './server-tls.js';
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
  /** HTTP without it. */
  readonly tls?: HttpTlsConfig;
}

/** How long a client may take to send a whole request. Answers may take longer: a claim waits. */
const requestTimeoutMs = 60_000;

/** Ids of 200 characters, each percent-encoded UTF-8, still are parts of a path. */
const maxParamLength = 2_400;

/** An HTTP server as gateway and worker have it: one shape of errors, request ids, metrics, tokens. Routes are the caller's. */
export function createHttpServer({ log, registry, findCaller, tls, stopping }: HttpServerOptions): FastifyInstance {
  // Named by its own interface: with pino's, the server would be of another type than every plugin expects.
  const loggerInstance: FastifyBaseLogger = log;
  const options = {
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    requestTimeout: requestTimeoutMs,
    // Requests that arrive while it closes are still answered, each on a connection that then ends.
    return503OnClosing: false,
    routerOptions: { maxParamLength },
    frameworkErrors: (error, _request, reply) => void sendError(reply, errorReply(error)),
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(rawErrorResponse(error));
      else socket.destroy();
    },
  } satisfies FastifyServerOptions;
  const server = tls === undefined ? fastify(options) : createTlsServer(options, tls, log);
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

/** Of the type of the other one: nothing that is done with it depends on what it speaks. */
function createTlsServer(options: FastifyServerOptions, tls: HttpTlsConfig, log: Logger): FastifyInstance {
  const shown = readTls(tls);
  const server = fastify({ ...options, https: shown } as FastifyHttpsOptions<Server>);
  const stopFollowing = followTls(server.server, tls, shown, log);
  server.addHook('onClose', (_instance, done) => {
    stopFollowing();
    done();
  });
  return server;
}

const sendError = (reply: FastifyReply, { status, headers, body }: ErrorReply): FastifyReply =>
  reply.code(status).headers(headers).send(body);
