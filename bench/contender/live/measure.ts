import type { ContenderName, Figures } from '../../types.js';
import type { Meter } from '../meter.js';
import { busLatency, busThroughput } from './bus.js';
import { idleSockets } from './idle-sockets.js';
import { openMessaging } from './messaging.js';
import { storm } from './storm.js';
import { streamLatency } from './stream-latency.js';
import { streamPublish } from './stream-publish.js';
import type { LiveTask } from './task.js';

/** Where the task is done. */
export interface Place {
  /** Of Redis. */
  readonly port: number;
  readonly meter: Meter;
}

export async function measureLive(name: ContenderName, task: LiveTask, place: Place): Promise<Figures> {
  switch (task.kind) {
    case 'bus':
      return busThroughput(task, await openMessaging(name, place.port), place.meter);
    case 'bus-latency':
      return busLatency(task, await openMessaging(name, place.port));
    case 'stream-publish':
      return streamPublish(task, place);
    case 'stream-latency':
      return streamLatency(task, place);
    case 'idle-sockets':
      return idleSockets(task, place);
    case 'storm':
      return storm(task, place);
  }
}
