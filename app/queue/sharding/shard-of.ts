/** What decides where a job goes: jobs of one key, or with one dedupe key, have to meet. */
export interface Placed {
  readonly id: string;
  readonly key?: string | undefined;
  readonly dedupe?: { readonly key: string } | undefined;
}

export function shardOfJob({ id, key, dedupe }: Placed, shards: number): number {
  return shardOf(key ?? dedupe?.key ?? id, shards);
}

/**
 * The shard with the highest score for this text (rendezvous hashing): of n shards each gets the same share, and one more
 * shard takes its share from all others and moves nothing else.
 */
export function shardOf(text: string, shards: number): number {
  const hash = hashOf(text);
  let [best, highest] = [0, -1];
  for (let shard = 0; shard < shards; shard += 1) {
    const score = mixed(hash + Math.imul(shard, 0x9e3779b9));
    if (score > highest) [best, highest] = [shard, score];
  }
  return best;
}

/** FNV-1a of the characters. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** Each bit of the number has a say in each bit of the answer (the finalizer of MurmurHash3). */
function mixed(number: number): number {
  let bits = number;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
