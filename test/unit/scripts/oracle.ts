import type { Facts } from './decide-runner.js';

interface Peer {
  readonly ordinal: number;
  readonly role: 'silent' | 'primary' | 'replica';
  readonly holdsData: boolean;
  readonly offset: number;
  readonly connectedReplicas: number;
  readonly synced: boolean;
}

/** What the facts say, in the terms of the rules. */
export interface Situation {
  readonly named: number | 'elsewhere' | 'disputed' | 'blank' | 'unheard';
  readonly peers: readonly Peer[];
  readonly silent: readonly Peer[];
  readonly holders: readonly Peer[];
  readonly primaries: readonly Peer[];
  readonly synced: readonly Peer[];
  /** The node of the record, where that counts. */
  readonly recorded: number | undefined;
}

export function situationOf(facts: Facts): Situation {
  const peers = facts.peers.flatMap((state, ordinal) => (state === 'me' ? [] : [peerOf(state, ordinal)]));
  return {
    named: namedBy(facts.votes),
    peers,
    silent: peers.filter(({ role }) => role === 'silent'),
    holders: peers.filter(({ holdsData }) => holdsData),
    primaries: peers.filter(({ role }) => role === 'primary'),
    synced: peers.filter(({ synced }) => synced),
    recorded: recordedBy(facts),
  };
}

/** The rules as one ordered list, written apart from the script: the first that applies decides. */
export function expectedDecision(facts: Facts): { decision: string; leader: number | undefined } {
  const { ordinal, localData, lastStop, forcePrimary, failoverAnswer, patience } = facts;
  const { named, silent, holders, primaries, synced, recorded } = situationOf(facts);
  const me = named === ordinal;
  const someone = typeof named === 'number';
  const empty = localData === 'none';
  const spent = patience === 'spent';
  const [only] = primaries.length === 1 ? primaries : [];
  const onlyHasTheMost =
    only !== undefined && (only.connectedReplicas > 0 || holders.every(({ offset }) => offset <= only.offset));
  const forcedPrimary = primaries.find((peer) => peer.ordinal === forcePrimary && peer.holdsData);

  const rules: readonly [applies: boolean, decision: string, leader?: number][] = [
    // The Sentinels name another.
    [someone && !me, 'replica', someone ? named : undefined],
    // They name this node, but its volume is empty.
    [me && empty && holders.length > 0, spent ? 'refuse' : 'failover'],
    [me && empty && silent.length > 0, spent ? 'refuse' : 'wait'],
    [me && empty, 'primary'],
    // They name this node, and it holds data.
    [me && primaries.some(({ holdsData }) => holdsData), spent ? 'refuse' : 'failover'],
    [me && lastStop === 'clean', 'primary'],
    [me && synced.length > 0 && !spent, 'failover'],
    [me && synced.length > 0, failoverAnswer === 'no-good-replica' ? 'primary' : 'refuse'],
    [me && silent.length > 0 && patience === 'new', 'wait'],
    [me, 'primary'],
    // They name nobody, and there is one primary or several.
    [only !== undefined && !empty && !only.holdsData, spent ? 'refuse' : 'wait'],
    [onlyHasTheMost || (only !== undefined && only.ordinal === forcePrimary), 'replica', only?.ordinal],
    [forcedPrimary !== undefined, 'replica', forcedPrimary?.ordinal],
    [primaries.length > 0, spent ? 'refuse' : 'wait'],
    // They name nobody, and nobody is primary.
    [named === 'unheard', 'wait'],
    [forcePrimary === ordinal && !empty, 'primary'],
    [forcePrimary === ordinal, spent ? 'refuse' : 'wait'],
    [forcePrimary !== undefined, 'wait'],
    // The record names somebody, and the Sentinels that answer know nothing newer.
    [recorded !== undefined && recorded !== ordinal, 'replica', recorded],
    [recorded === ordinal && empty && holders.length + silent.length > 0, spent ? 'refuse' : 'wait'],
    [recorded === ordinal && !empty && lastStop === 'unclean' && synced.length > 0, spent ? 'refuse' : 'wait'],
    [recorded === ordinal, 'primary'],
    [named === 'blank' && empty && holders.length === 0, ordinal === 0 ? 'primary' : 'wait'],
    [true, spent ? 'refuse' : 'wait'],
  ];
  const [, decision, leader] = rules.find(([applies]) => applies) ?? [true, 'none'];
  return { decision, leader };
}

function peerOf(state: string, ordinal: number): Peer {
  const [role, data, offset, last] = state.split(',');
  return {
    ordinal,
    role: role === 'primary' || role === 'replica' ? role : 'silent',
    holdsData: data === 'kept',
    offset: Number(offset ?? 0),
    connectedReplicas: role === 'primary' ? Number(last) : 0,
    synced: last === 'synced',
  };
}

function namedBy(votes: readonly string[]): Situation['named'] {
  const majority = Math.floor(votes.length / 2) + 1;
  const naming = votes.filter((vote) => vote.includes('@')).map((vote) => vote.split('@'));
  const blank = votes.filter((vote) => vote === 'blank').length;
  if (naming.length + blank < majority) return 'unheard';
  if (naming.length === 0) return 'blank';
  if (naming.length < majority) return 'disputed';
  const newest = Math.max(...naming.map(([, epoch]) => Number(epoch)));
  const counts = new Map<string, number>();
  for (const [node = '', epoch] of naming) if (Number(epoch) === newest) counts.set(node, (counts.get(node) ?? 0) + 1);
  const most = Math.max(...counts.values());
  const favourites = [...counts].filter(([, count]) => count === most).map(([node]) => node);
  const [favourite = ''] = favourites;
  if (favourites.length > 1) return 'disputed';
  return favourite === 'elsewhere' ? 'elsewhere' : Number(favourite);
}

/** Only what is newer than every word, and not contradicted, and only where a majority answers. */
function recordedBy({ record, votes }: Facts): number | undefined {
  const named = namedBy(votes);
  if (record === undefined || (named !== 'blank' && named !== 'disputed')) return undefined;
  const [node, epoch] = record.split('@').map(Number);
  const words = votes.filter((vote) => vote.includes('@') && vote !== record);
  return words.every((vote) => Number(vote.split('@')[1]) < (epoch ?? 0)) ? node : undefined;
}
