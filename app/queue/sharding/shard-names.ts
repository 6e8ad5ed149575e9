import type { DeliveryRef } from '../types.js';

/** The first shard is the queue itself; of the others each is a queue of its own, whose name no user can give. */
export function shardName(queue: string, shard: number): string {
  return shard === 0 ? queue : `${queue}:${shard}`;
}

/** The name that users know. */
export function queueOfShard(name: string): string {
  const at = name.indexOf(':');
  return at < 0 ? name : name.slice(0, at);
}

/** A fence as users see it: that of the shard, and two digits for the shard. Numbers that grow stay numbers that grow. */
export function publicFence(fence: string, shard: number): string {
  return shard === 0 ? fence : `${fence}.${String(shard).padStart(2, '0')}`;
}

export function withPublicFence<T extends { readonly fence: string }>(delivery: T, shard: number): T {
  return shard === 0 ? delivery : { ...delivery, fence: publicFence(delivery.fence, shard) };
}

/** Of which shard a delivery is, and the fence as the shard knows it. */
export function readFence({ fence }: Pick<DeliveryRef, 'fence'>): { readonly shard: number; readonly fence: string } {
  const [, own, shard] = /^(.+)\.(\d\d)$/.exec(fence) ?? [];
  return own === undefined ? { shard: 0, fence } : { shard: Number(shard), fence: own };
}
