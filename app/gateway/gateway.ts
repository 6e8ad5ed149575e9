import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/index.js';
import type { Logger } from '../log.js';
import { layFoundation } from '../operations/foundation.js';
import type { Program } from '../operations/lifecycle.js';
import { version } from '../operations/version.js';
import { Scheduler } from '../queue/schedules/scheduler.js';
import { Schedules } from '../queue/schedules/schedules.js';
import { WorkerList } from '../queue/worker-list.js';
import { Streams } from '../streams/streams.js';
import { serveQueueApi } from './queue-api.js';

/** Starts the gateway; it listens when this resolves. */
export async function startGateway(config: Config, log: Logger, stopping: AbortSignal): Promise<Program> {
  const { server, queues, connections, registry, listen, close } = layFoundation(config, log, stopping);
  const schedules = new Schedules(connections);
  const streams = new Streams(connections, { log, metrics: registry });
  const scheduler = new Scheduler({ schedules, queues, holder: config.serverId, log, registry });
  serveQueueApi(server, {
    queues,
    schedules,
    scheduler,
    workers: new WorkerList(connections),
    streams,
    registry,
    maxBodyBytes: config.http.maxBodyBytes,
    version,
    stopping,
  });
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
      await streams.close();
      await close();
    },
  };
}
