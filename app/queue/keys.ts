/** What each holds stands in functions/queue.lua. */
const keyNames = [
  'meta',
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
  'mark',
  'traits',
  'slots',
  'lanes',
  'dedupe',
  'expiry',
  'notes',
  'cancels',
  'replays',
  'deadkinds',
  'audit',
  'workers',
] as const;

export type KeyName = (typeof keyNames)[number];

/** The set of all queues that ever got a job. */
export const registryKey = 'ml:queues';

/** HASH of the worker processes: unique name -> what each says of itself, as JSON. */
export const workersKey = 'ml:workers';

/** One hash tag a queue, so that its keys share a slot. Names of queues hold no colon: a shard may follow one in the tag. */
export function queueKey(queue: string, name: KeyName): string {
  return `ml:{${queue}}:${name}`;
}

/** The one first by which the functions find the others. */
export function queueKeys(queue: string): readonly string[] {
  return keyNames.map((name) => queueKey(queue, name));
}
