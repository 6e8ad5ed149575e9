import { Streams } from '../../../app/streams/streams.js';
import type { Figures } from '../../types.js';
import { Gateway } from '../gateway.js';
import { reached } from './bus.js';
import { openConnections } from './connections.js';
import type { Place } from './measure.js';
import { metricOf, openSockets } from './sockets.js';
import type { StormTask } from './task.js';

const stream = 'bench';
/** While one was away. */
const maxMissed = 20;
const reads = 'moorline_stream_history_reads_total';

/** The connections are there already, as those of a load balancer: what is measured is how they are caught up. */
export async function storm({ sockets: count, chunks }: StormTask, { port }: Place): Promise<Figures> {
  const gateway = await Gateway.start(port);
  const { connections, log } = await openConnections(port);
  const streams = new Streams(connections, { log });
  const numbers = Array.from({ length: chunks }, (_, at) => at + 1);
  for (let at = 0; at < chunks; at += 100) await streams.publish(stream, numbers.slice(at, at + 100));
  const { epoch } = (await streams.history(stream, chunks)).state;

  const expected = Array.from({ length: count }, (_, at) => chunks - 1 - (at % maxMissed));
  let [done, wrong] = [0, 0];
  const sockets = await openSockets(gateway.url, count, (at, text) => {
    const frame = JSON.parse(text) as {
      readonly offset?: number;
      readonly subscribed?: { readonly recovered: boolean };
    };
    if (frame.subscribed !== undefined) {
      if (!frame.subscribed.recovered) wrong += 1;
      return;
    }
    const next = (expected[at] ?? 0) + 1;
    if (frame.offset !== next) wrong += 1;
    expected[at] = next;
    if (next === chunks) done += 1;
  });
  const readsBefore = await metricOf(gateway.url, reads);
  const fromMs = performance.now();
  for (const [at, socket] of sockets.entries()) {
    socket.send(JSON.stringify({ id: 1, subscribe: { stream, epoch, offset: expected[at] } }));
  }
  await reached(() => done >= count);
  const seconds = (performance.now() - fromMs) / 1_000;
  const historyReads = (await metricOf(gateway.url, reads)) - readsBefore;
  for (const socket of sockets) socket.terminate();
  await streams.close();
  await connections.close();
  await gateway.stop();
  return { seconds, historyReads, failed: count - done + wrong };
}
