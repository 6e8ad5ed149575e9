import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/index.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import type { Logger } from '../log.js';
import { layFoundation } from '../operations/foundation.js';
import type { Program } from '../operations/lifecycle.js';
import { version } from '../operations/version.js';
import { Scheduler } from '../queue/schedules/scheduler.js';
import { Schedules } from '../queue/schedules/schedules.js';
import { WorkerList } from '../queue/worker-list.js';
import { openBus } from './open-bus.js';
import { SocketServer } from './live/socket-server.js';
import { createSocketMetrics } from './live/socket-metrics.js';
import { Tokens } from './live/tokens.js';
import { Streams } from '../streams/streams.js';
import { Topics } from '../streams/topics.js';
import { serveBrowserClient } from './browser-client.js';
import { serveQueueApi } from './queue-api.js';

/** Tasks that are under way when a gateway stops are waited for during this part of what is left of its grace. */
const answerShare = 0.5;

/** Starts the gateway; it listens when this resolves. */
export async function startGateway(config: Config, log: Logger, stopping: AbortSignal): Promise<Program> {
  const { server, queues, connections, registry, health, findCaller, listen, close } = layFoundation(
    config,
    log,
    stopping,
  );
  const schedules = new Schedules(connections);
  const streams = new Streams(connections, { ...config.streams, log, metrics: registry });
  const bus = openBus(config, { connections, health, log, registry });
  const topics = new Topics(connections, bus, {
    ...config.topics,
    keepMs: config.streams.keepMs,
    log,
    metrics: registry,
  });
  const dispatcher = new Dispatcher(queues, connections, { metrics: registry });
  const sockets = new SocketServer({
    streams,
    topics,
    bus,
    tokens: new Tokens({ findCaller, jwt: config.live.jwt }),
    metrics: createSocketMetrics(registry),
    stopping,
    ...config.live,
  });
  sockets.serve(server.server);
  const scheduler = new Scheduler({ schedules, queues, holder: config.serverId, log, registry });
  serveQueueApi(server, {
    queues,
    schedules,
    scheduler,
    workers: new WorkerList(connections),
    streams,
    topics,
    bus,
    dispatcher,
    registry,
    maxBodyBytes: config.http.maxBodyBytes,
    version,
    stopping,
  });
  serveBrowserClient(server);
  const url = await listen().catch(async (error: unknown) => {
    await scheduler.close();
    throw error;
  });
  log.info({ url, version }, 'gateway listens');
  return {
    url,
    close: async () => {
      await scheduler.close();
      // Requests come until every node has heard that this process stops.
      await sleep(config.http.drainMs);
      await dispatcher.close((config.shutdownGraceMs - config.http.drainMs) * answerShare);
      await Promise.all([streams.close(), topics.close(), bus.close()]);
      await close();
    },
  };
}
