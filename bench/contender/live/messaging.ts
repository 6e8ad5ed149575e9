import { Redis } from 'ioredis';
import { pack, unpack } from 'msgpackr';
import { Bus } from '../../../app/bus/bus.js';
import type { Message } from '../../../app/bus/envelope.js';
import { waitFor } from '../../../test/redis/support/wait-for.js';
import type { ContenderName } from '../../types.js';
import type { JobData } from '../contender.js';
import { openConnections } from './connections.js';

/** One publisher and one subscriber of one topic, in one process. */
export interface Messaging {
  publish(data: JobData): Promise<unknown>;
  subscribe(handle: (data: JobData) => void): Promise<unknown>;
  close(): Promise<void>;
}

export function openMessaging(name: ContenderName, port: number): Promise<Messaging> {
  return name === 'ioredis' ? openIoredis(port) : openBus(port);
}

/** With order, envelope, deadlines and metrics. */
async function openBus(port: number): Promise<Messaging> {
  const { connections, log, metrics } = await openConnections(port);
  const about = { kind: 'bench', pod: 'bench', version: '0', startedAt: 0 };
  const bus = new Bus(connections, { serverId: 'bench', about, log, metrics });
  return {
    publish: (data) => bus.publish('bench', data),
    subscribe: async (handle) => {
      const onMessage = ({ json }: Message): void => {
        handle(JSON.parse(json.toString()) as JobData);
      };
      await bus.subscribe('bench', onMessage, { maxWaiting: 1_000_000 });
      await waitFor('messages to come through', () => bus.failure === undefined);
    },
    close: async () => {
      await bus.close();
      await connections.close();
    },
  };
}

/** What anybody can write in a minute: two connections, and msgpack. */
async function openIoredis(port: number): Promise<Messaging> {
  const [publisher, subscriber] = [new Redis(port, '127.0.0.1'), new Redis(port, '127.0.0.1')];
  await Promise.all([publisher.ping(), subscriber.ping()]);
  return {
    publish: (data) => publisher.publish('bench', pack(data)),
    subscribe: (handle) => {
      subscriber.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
        handle(unpack(message) as JobData);
      });
      return subscriber.subscribe('bench');
    },
    close: () => {
      publisher.disconnect();
      subscriber.disconnect();
      return Promise.resolve();
    },
  };
}
