import { Streams } from '../../../app/streams/streams.js';
import type { Figures } from '../../types.js';
import { openConnections } from './connections.js';
import type { Place } from './measure.js';
import type { StreamPublishTask } from './task.js';

/** About as much as a model says at a time. */
const chunk = { token: ' lorem', index: 12 };

export async function streamPublish(
  { chunks, producers, batch }: StreamPublishTask,
  { port, meter }: Place,
): Promise<Figures> {
  const { connections, log, metrics } = await openConnections(port);
  const streams = new Streams(connections, { log, metrics });
  const some = Array.from({ length: batch }, () => chunk);
  const publish = async (count: number): Promise<void> => {
    let left = count / batch;
    const producer = async (_: unknown, at: number): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await streams.publish(`bench-${at}`, some);
      }
    };
    await Promise.all(Array.from({ length: producers }, producer));
  };
  await publish(chunks / 5);
  const from = await meter.read();
  await publish(chunks);
  const to = await meter.read();
  await streams.close();
  await connections.close();
  return {
    chunksPerSecond: (1_000 * chunks) / (to.atMs - from.atMs),
    redisUsPerMessage: (to.redisUs - from.redisUs) / chunks,
    clientUsPerMessage: (to.clientUs - from.clientUs) / chunks,
  };
}
