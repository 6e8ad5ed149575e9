/** In the order in which functions/queue.lua takes them; what each holds stands there. */
const keyNames = [
  'jobs',
  'ready',
  'delayed',
  'lease',
  'held',
  'tries',
  'errors',
  'done:0',
  'done:1',
  'result:0',
  'result:1',
  'dead',
  'deadrec',
  'stats',
  'meta',
  'mark',
  'traits',
  'slots',
  'lanes',
  'dedupe',
  'expiry',
  'notes',
  'cancels',
  'workers',
] as const;

export type KeyName = (typeof keyNames)[number];

/** The set of all queues that ever got a job. */
export const registryKey = 'ml:queues';

/** One hash tag a queue, so that its keys share a slot. Names of queues hold no colon: a shard may follow one in the tag. */
export function queueKey(queue: string, name: KeyName): string {
  return `ml:{${queue}}:${name}`;
}

export function queueKeys(queue: string): readonly string[] {
  return keyNames.map((name) => queueKey(queue, name));
}
