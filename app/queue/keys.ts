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

/** Beyond so many queues the keys are made anew. */
const maxRemembered = 1_000;
const remembered = new Map<string, readonly string[]>();

/** Every call names them all: making them costs more than the rest of a small call. */
export function queueKeys(queue: string): readonly string[] {
  const known = remembered.get(queue);
  if (known !== undefined) return known;
  const keys = keyNames.map((name) => queueKey(queue, name));
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(queue, keys);
  return keys;
}
