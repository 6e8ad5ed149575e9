import type { Facts, NodeView, Pod, PodRole, SentinelFact, SentinelView } from '../../../app/agent/facts/types.js';

/** A Sentinel that is content: `0@7` names node 0 since epoch 7. */
export function sentinel(says: string, more: Partial<SentinelView> = {}): SentinelFact {
  if (says === 'silent' || says === 'blank') return says;
  const [named, epoch] = says.split('@');
  return {
    named: named === 'elsewhere' ? undefined : Number(named),
    epoch: Number(epoch),
    seesDown: false,
    isFailingOver: false,
    downAfterMs: 4_000,
    isComplete: true,
    ghosts: [],
    ...more,
  };
}

export const primary = (offset = 500): NodeView => ({ role: 'primary', holdsData: true, offset, uptimeSeconds: 900 });

export const replica = (follows: number | undefined, more: Partial<NodeView> = {}): NodeView => ({
  role: 'replica',
  holdsData: true,
  offset: 500,
  uptimeSeconds: 900,
  follows,
  linkDownSeconds: 0,
  ...more,
});

export const pod = (ordinal: number, role?: PodRole): Pod => ({
  name: `redis-${ordinal}`,
  uid: `uid-${ordinal}`,
  version: '1',
  role,
});

/** Node 0 is primary, all is well, and everything is written down. */
export const healthy: Facts = {
  sentinels: ['0@7', '0@7', '0@7'].map((says) => sentinel(says)),
  nodes: [primary(), replica(0), replica(0)],
  pods: [pod(0, 'primary'), pod(1, 'replica'), pod(2, 'replica')],
  addresses: ['10.0.0.1:6379', '10.0.0.2:6379', '10.0.0.3:6379'],
  record: {
    primary: 'redis-0',
    epoch: 7,
    since: '2026-01-01T00:00:00.000Z',
    addresses: 'redis-0 10.0.0.1:6379\nredis-1 10.0.0.2:6379\nredis-2 10.0.0.3:6379',
  },
};
