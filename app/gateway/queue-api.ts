import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Bus } from '../bus/bus.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { Scheduler } from '../queue/schedules/scheduler.js';
import type { Schedules } from '../queue/schedules/schedules.js';
import type { Queues } from '../queue/types.js';
import type { WorkerList } from '../queue/worker-list.js';
import type { Streams } from '../streams/streams.js';
import type { Topics } from '../streams/topics.js';
import type { Registry } from '../metrics.js';
import { acceptJson } from './body/parsers.js';
import { EventStreams } from './live/event-streams.js';
import { serveOpenApi } from './openapi.js';
import { QueueCounters } from './queue-counters.js';
import { gaugeQueues } from './queue-gauges.js';
import type { Routes } from './route-types.js';
import { controlRoutes } from './routes/control.js';
import { deadRoutes } from './routes/dead.js';
import { deliveryRoutes } from './routes/deliveries.js';
import { enqueueRoutes } from './routes/enqueue.js';
import { queueRoutes } from './routes/queues.js';
import { serverRoutes } from './routes/servers.js';
import { scheduleRoutes } from './routes/schedules.js';
import { topicRoutes } from './routes/topics.js';
import { settingsRoutes } from './routes/settings.js';
import { streamRoutes } from './routes/streams.js';
import { taskRoutes } from './routes/tasks.js';
import { workerRoutes } from './routes/workers.js';
import { validate } from './schemas/validate.js';
import { WaitingClaims } from './waiting-claims.js';

export interface QueueApiOptions {
  readonly queues: Queues;
  readonly schedules: Schedules;
  readonly scheduler: Scheduler;
  readonly workers: WorkerList;
  readonly streams: Streams;
  readonly topics: Topics;
  readonly bus: Bus;
  readonly dispatcher: Dispatcher;
  readonly registry: Registry;
  readonly maxBodyBytes: number;
  readonly version: string;
  /** Ends waiting claims, so that the process can end. */
  readonly stopping: AbortSignal;
}

/** Adds the queue API to a server. */
export function serveQueueApi(server: FastifyInstance, options: QueueApiOptions): void {
  const { queues, schedules, scheduler, workers, streams, registry, maxBodyBytes } = options;
  const routes = server.withTypeProvider() as Routes;
  const counters = new QueueCounters(registry);
  gaugeQueues(queues, registry);

  server.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (value) => ({
    value: validate(schema, value, partNames[httpPart ?? 'body'] ?? 'the request'),
  }));
  // A route that names no query parameters takes none.
  server.addHook('onRoute', (route) => {
    if (route.config?.document !== undefined) route.schema = { querystring: z.strictObject({}), ...route.schema };
  });
  acceptJson(routes, maxBodyBytes);
  serveOpenApi(server, options.version);
  queueRoutes(routes, { queues });
  controlRoutes(routes, { queues });
  settingsRoutes(routes, { queues });
  scheduleRoutes(routes, {
    schedules,
    changed: () => {
      scheduler.hurry();
    },
  });
  deliveryRoutes(routes, { queues, counters, waitingClaims: new WaitingClaims(options.stopping) });
  deadRoutes(routes, { queues });
  workerRoutes(routes, { workers });
  taskRoutes(routes, { dispatcher: options.dispatcher });
  const eventStreams = new EventStreams(options.stopping);
  topicRoutes(routes, { topics: options.topics, eventStreams });
  serverRoutes(routes, { bus: options.bus });
  streamRoutes(routes, { streams, eventStreams });
  void server.register((scope, _options, done) => {
    enqueueRoutes(scope, { queues, counters, maxBodyBytes });
    done();
  });
}

const partNames: Readonly<Record<string, string>> = { params: 'the path', querystring: 'the query', body: 'the body' };
