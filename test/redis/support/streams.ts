import { afterEach } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { createMetrics, type Registry } from '../../../app/metrics.js';
import type { RedisConnections } from '../../../app/redis/index.js';
import { Streams, type StreamsOptions } from '../../../app/streams/streams.js';
import type { Subscription } from '../../../app/streams/subscription.js';
import type { Chunk, Position } from '../../../app/streams/types.js';
import { connectReady } from './connect.js';

const opened = new Set<Streams>();

afterEach(async () => {
  await Promise.all([...opened].map((streams) => streams.close()));
  opened.clear();
});

export interface TestStreams {
  readonly streams: Streams;
  readonly connections: RedisConnections;
  readonly metrics: Registry;
}

/** Streams with connections of their own, as a process of its own would have them. */
export async function openStreams(uri: string, options: Partial<StreamsOptions> = {}): Promise<TestStreams> {
  const connections = await connectReady(uri);
  const metrics = createMetrics();
  const streams = new Streams(connections, { log: createLog({ level: 'silent' }), metrics, ...options });
  opened.add(streams);
  return { streams, connections, metrics };
}

export const beginning: Position = { epoch: '', offset: 0 };

/** What a subscriber has got so far. */
export interface Reader {
  readonly position: Position;
  readonly recovered: boolean;
  readonly chunks: Chunk[];
  readonly lost: () => boolean;
  readonly ended: () => boolean;
  readonly subscription: Subscription;
}

/** Follows a stream and pulls as fast as it can. */
export async function read(streams: Streams, stream: string, wanted = beginning): Promise<Reader> {
  const chunks: Chunk[] = [];
  let [lost, pulling, again] = [false, false, false];
  let subscription: Subscription | undefined = undefined;
  const pump = async (): Promise<void> => {
    again = true;
    if (pulling || subscription === undefined) return;
    pulling = true;
    while (again && !lost) {
      again = false;
      const pulled = await subscription.pull();
      if (pulled === 'lost') lost = true;
      else if (pulled.length > 0) {
        chunks.push(...pulled);
        again = true;
      }
    }
    pulling = false;
  };
  const begun = await streams.subscribe(stream, wanted, () => void pump());
  subscription = begun.subscription;
  await pump();
  return { ...begun, chunks, lost: () => lost, ended: () => begun.subscription.isAtEnd };
}

export const values = ({ chunks }: Reader): unknown[] =>
  chunks.map(({ json }) => JSON.parse(json.toString()) as unknown);
