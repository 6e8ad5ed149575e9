import type { Config } from '../config/index.js';
import type { Logger } from '../log.js';
import { layFoundation } from '../operations/foundation.js';
import type { Program } from '../operations/lifecycle.js';
import { version } from '../operations/version.js';
import { serveQueueApi } from './queue-api.js';

/** Starts the gateway; it listens when this resolves. */
export async function startGateway(config: Config, log: Logger, stopping: AbortSignal): Promise<Program> {
  const { server, queues, registry, listen, close } = layFoundation(config, log, stopping);
  serveQueueApi(server, { queues, registry, maxBodyBytes: config.http.maxBodyBytes, version, stopping });
  const url = await listen();
  log.info({ url, version }, 'gateway listens');
  return { url, close };
}
