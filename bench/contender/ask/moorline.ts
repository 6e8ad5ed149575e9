import { loadConfig } from '../../../app/config/index.js';
import { Dispatcher } from '../../../app/dispatch/dispatcher.js';
import type { ReplyWay } from '../../../app/dispatch/types.js';
import { createLog } from '../../../app/log.js';
import { createMetrics } from '../../../app/metrics.js';
import { RedisQueues } from '../../../app/queue/queues.js';
import { ShardedQueues } from '../../../app/queue/sharding/sharded-queues.js';
import { connectRedis } from '../../../app/redis/index.js';
import { waitFor } from '../../../test/redis/support/wait-for.js';
import type { Asker } from './asker.js';

/** The dispatcher as a gateway has it. */
export async function openDispatcher(port: number, callers: number, reply: ReplyWay): Promise<Asker> {
  const environment = {
    REDIS_URI: `redis://127.0.0.1:${port}`,
    POD_NAME: 'bench',
    // One connection a caller where that is the way.
    REDIS_MAX_CONNECTIONS: String(callers + 50),
  };
  const config = loadConfig(environment, 'gateway');
  const connections = connectRedis({ config, log: createLog({ level: 'error' }), metrics: createMetrics() });
  await waitFor('connections to Redis', () => connections.status().ready);
  const queues = new ShardedQueues(new RedisQueues(connections, { durability: 'memory' }), connections);
  const dispatcher = new Dispatcher(queues, connections);
  return {
    ask: (data) => dispatcher.ask('bench', data, { reply, timeoutMs: 60_000 }),
    // Twice: each key that is unlinked is taken out of the list of such keys, too.
    commands: ['fcall', 'xread', 'bzpopmin', 'xtrim', 'client|unblock', 'unlink', 'unlink'],
    close: async () => {
      await dispatcher.close();
      await queues.close();
      await connections.close();
    },
  };
}
