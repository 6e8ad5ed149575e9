import { randomBytes } from 'node:crypto';
import type { Config } from '../config/index.js';
import type { Logger } from '../log.js';
import { layFoundation } from '../operations/foundation.js';
import type { Program } from '../operations/lifecycle.js';
import { version } from '../operations/version.js';
import { limits } from '../queue/limits.js';
import { WorkerList } from '../queue/worker-list.js';
import { Streams } from '../streams/streams.js';
import { Announcer } from './announcer.js';
import { checkHandler, checkQueue } from './check.js';
import { executorsOf } from './executors.js';
import { inProcess } from './handlers-module.js';
import { Worker } from './worker.js';

/** Handing jobs back after the grace of their handlers takes a moment, of this at most. */
const maxHandBackMs = 3_000;

/** A process that comes after another one of the same pod is another worker. */
const uniqueName = (podName: string): string =>
  `${podName.slice(0, limits.maxWorkerLength - 7)}-${randomBytes(3).toString('hex')}`;

/** Starts the worker: it serves its queues and the operations routes when this resolves. Rejects when its handlers do not load. */
export async function startWorker(config: Config, log: Logger, stopping: AbortSignal): Promise<Program> {
  const executors = await executorsOf(config.worker);
  const { queues, connections, registry, listen, close } = layFoundation(config, log, stopping);
  const url = await listen();
  const { concurrency, leaseMs, jobTimeoutMs } = config.worker;
  const streams = new Streams(connections, { ...config.streams, log, metrics: registry });
  const check = inProcess(checkHandler(config.pod.name, config.serverId));
  const name = uniqueName(config.pod.name);
  const worker = new Worker({
    queues,
    executors,
    checks: new Map([[checkQueue, check]]),
    concurrency,
    leaseMs,
    jobTimeoutMs,
    workerName: name,
    publish: (stream, chunks, end) => streams.publish(stream, chunks, { end }),
    log,
    registry,
  });
  const startedAt = Date.now();
  const announcer = new Announcer({
    workers: new WorkerList(connections),
    describe: () => ({
      name,
      serverId: config.serverId,
      pod: config.pod.name,
      queues: [...executors.keys()],
      running: worker.running,
      concurrency: worker.concurrency,
      startedAt,
    }),
    log,
  });
  log.info({ url, version, queues: [...executors.keys(), checkQueue] }, 'worker listens');
  const { shutdownGraceMs } = config;
  return {
    url,
    close: async () => {
      await worker.stop(shutdownGraceMs - Math.min(maxHandBackMs, shutdownGraceMs / 4));
      await announcer.stop();
      await streams.close();
      await close();
    },
  };
}
