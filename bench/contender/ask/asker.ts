import type { ContenderName } from '../../types.js';
import type { JobData } from '../contender.js';
import { openBrpop } from './brpop.js';
import { openDispatcher } from './moorline.js';

/** Asks and waits for answers. */
export interface Asker {
  ask(data: JobData): Promise<unknown>;
  /** Commands that clients send for it; those that functions call are others. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}

/** `callers` wait at the same time. */
export function openAsker(name: ContenderName, port: number, callers: number): Promise<Asker> {
  if (name === 'ioredis') return openBrpop(port, callers);
  const way = name === 'moorline-pubsub' ? 'pubsub' : name === 'moorline-key' ? 'key' : 'stream';
  return openDispatcher(port, callers, way);
}
