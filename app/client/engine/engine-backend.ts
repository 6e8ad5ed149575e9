import { loadConfig } from '../../config/index.js';
import { Dispatcher } from '../../dispatch/dispatcher.js';
import { createLog } from '../../log.js';
import { createMetrics } from '../../metrics.js';
import { RedisQueues } from '../../queue/queues.js';
import { ShardedQueues } from '../../queue/sharding/sharded-queues.js';
import type { ClaimedJob, ClaimRequest, DeliveryRef, JobView as StoredView, SettleRequest } from '../../queue/types.js';
import { connectRedis } from '../../redis/index.js';
import { Streams } from '../../streams/streams.js';
import type { RedisOptions } from '../options.js';
import type { Backend, Delivery, JobView, Settlement } from '../types.js';

/** The engine that gateways and workers use, in this process: it waits for Redis by itself, and outlasts its failovers. */
export function openEngine({ redis, password, sentinelPassword, caFile }: RedisOptions): Backend {
  const environment = {
    REDIS_URI: redis,
    REDIS_PASSWORD: password,
    SENTINEL_PASSWORD: sentinelPassword,
    REDIS_TLS_CA_FILE: caFile,
  };
  const config = loadConfig(environment, 'worker');
  const log = createLog({ level: 'silent' });
  const connections = connectRedis({ config, log, metrics: createMetrics() });
  const unsharded = new RedisQueues(connections, {
    durability: config.redis.target.kind === 'server' ? 'memory' : 'replicated',
    doneWindowMs: config.queue.doneWindowMs,
  });
  const queues = new ShardedQueues(unsharded, connections);
  const streams = new Streams(connections, { ...config.streams, log });
  const dispatcher = new Dispatcher(queues, connections);
  return {
    enqueue: (queue, jobs) => queues.enqueue(queue, jobs),
    claim: async (queue, request) => (await queues.claim(queue, request)).map(parsed),
    settle: async (queue, settlements, claim) => {
      const { rejected, jobs } = await queues.settle(queue, requestOf(settlements, claim));
      return { rejected, jobs: jobs.map(parsed) };
    },
    extend: (queue, deliveries, leaseMs) => {
      const extend = deliveries.map(({ id, fence }: DeliveryRef) => ({ id, fence, leaseMs }));
      return queues.settle(queue, { extend });
    },
    counts: (queue) => queues.counts(queue),
    job: async (queue, id) => viewOf(await queues.job(queue, id)),
    cancel: (queue, id) => queues.cancel(queue, id),
    setPaused: (queue, paused) => (paused ? queues.pause(queue) : queues.resume(queue)),
    publish: (stream, chunks, end) => streams.publish(stream, chunks, { end }),
    ask: async (queue, data, options) => {
      const { id, resultJson } = await dispatcher.ask(queue, data, options);
      return { id, result: resultJson === undefined ? null : (JSON.parse(resultJson) as unknown) };
    },
    start: (queue, data, options) => dispatcher.start(queue, data, options),
    task: async (id, waitMs) => viewOf(await dispatcher.get(id, { waitMs })),
    cancelTask: (id) => dispatcher.cancel(id),
    close: async () => {
      await dispatcher.close();
      await streams.close();
      await queues.close();
      await connections.close();
    },
  };
}

function parsed({ dataJson, ...job }: ClaimedJob): Delivery {
  return { ...job, data: JSON.parse(dataJson) as unknown };
}

function viewOf(view: StoredView | undefined): JobView | undefined {
  if (view === undefined) return undefined;
  const { dataJson, ...rest } = view;
  const data = dataJson === undefined ? {} : { data: JSON.parse(dataJson) as unknown };
  if (rest.state !== 'done' || rest.resultJson === undefined) return { ...rest, ...data };
  const { resultJson, ...done } = rest;
  return { ...done, ...data, result: JSON.parse(resultJson) as unknown };
}

function requestOf(settlements: readonly Settlement[], claim: ClaimRequest | undefined): SettleRequest {
  return {
    done: settlements.filter((one) => one.verdict === 'done'),
    failed: settlements.filter((one) => one.verdict === 'failed'),
    release: settlements.filter((one) => one.verdict === 'release'),
    claim,
  };
}
