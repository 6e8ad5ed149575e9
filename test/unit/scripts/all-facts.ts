import type { Facts } from './decide-runner.js';

const votesOfOne = ['silent', 'blank', '0@3', '1@3', '1@4'];

const peerStates = [
  'silent',
  'primary,none,0,0',
  'primary,kept,10,0',
  'primary,kept,10,1',
  'replica,none,1,apart',
  'replica,kept,20,apart',
  'replica,kept,20,synced',
];

const volumes = [
  { localData: 'none', lastStop: 'clean' },
  { localData: 'kept', lastStop: 'clean' },
  { localData: 'kept', lastStop: 'unclean' },
] as const;

/** Sentinel's answer matters when time is up. */
const moments = [
  { patience: 'new', failoverAnswer: '' },
  { patience: 'left', failoverAnswer: '' },
  { patience: 'spent', failoverAnswer: '' },
  { patience: 'spent', failoverAnswer: 'no-good-replica' },
] as const;

/** Node 1's epoch is as new as the newest word of a Sentinel, node 0's older. */
const records = ['0@3', '1@4'];
const saidBeforehand = [
  ...[undefined, 0, 1].map((forcePrimary) => ({ forcePrimary, record: undefined })),
  ...records.map((record) => ({ forcePrimary: undefined, record })),
];

/** Every combination of what three Sentinels, two peers, the volume, the values, the record and the clock can say to node 0 and to node 1. */
export function allFacts(): Facts[] {
  const facts: Facts[] = [];
  for (const votes of threeVotes())
    for (const first of peerStates)
      for (const second of peerStates)
        for (const volume of volumes)
          for (const moment of moments)
            for (const said of saidBeforehand) {
              // A record matters only where too few Sentinels name anybody.
              if (said.record !== undefined && isMajority(votes)) continue;
              facts.push({ ordinal: 0, peers: ['me', first, second], ...volume, ...moment, votes, ...said });
              facts.push({ ordinal: 1, peers: [first, 'me', second], ...volume, ...moment, votes, ...said });
            }
  return facts;
}

const isMajority = (votes: readonly string[]): boolean => votes.filter((vote) => vote.includes('@')).length > 1;

/** In one order each: which Sentinel says what makes no difference (a test of its own). */
function threeVotes(): string[][] {
  const known = votesOfOne.flatMap((a, i) =>
    votesOfOne.slice(i).flatMap((b, j) => votesOfOne.slice(i + j).map((c) => [a, b, c])),
  );
  return [...known, ['elsewhere@3', 'elsewhere@3', 'silent'], ['0@3', '0@3', 'elsewhere@4']];
}
