import { describe, expect, test } from '@jest/globals';
import { decideAll, type Facts } from './decide-runner.js';

/** Node 0 of three, its volume kept, nothing known yet. */
const usual: Facts = {
  ordinal: 0,
  localData: 'kept',
  lastStop: 'clean',
  votes: ['silent', 'silent', 'silent'],
  peers: ['me', 'silent', 'silent'],
  forcePrimary: undefined,
  failoverAnswer: '',
  patience: 'left',
};

const namesMe = ['0@7', '0@7', '0@7'];
const blank = ['blank', 'blank', 'blank'];
const synced = 'replica,kept,500,synced';

describe('the rules by name', () => {
  test.each<[string, Partial<Facts>, string]>([
    ['a. the Sentinels name another, which does not even answer', { votes: ['1@7', '1@7', 'silent'] }, 'replica of 1'],
    [
      'a. a failover that only one Sentinel has heard of counts: its epoch is newer',
      { votes: ['0@7', '0@7', '1@8'] },
      'replica of 1',
    ],
    ['b. named, stopped cleanly', { votes: namesMe, peers: ['me', synced, synced] }, 'primary'],
    [
      'b. named, crashed, and no replica was in sync',
      { votes: namesMe, lastStop: 'unclean', peers: ['me', 'replica,kept,1,apart', 'silent'] },
      'primary',
    ],
    [
      'b. as before, but perhaps one reply was only late',
      { votes: namesMe, lastStop: 'unclean', patience: 'new' },
      'wait',
    ],
    [
      "b'. named, crashed, and a replica may have more",
      { votes: namesMe, lastStop: 'unclean', peers: ['me', synced, 'silent'] },
      'failover',
    ],
    [
      "b'. as before, and Sentinel finds no replica fit for it",
      {
        votes: namesMe,
        lastStop: 'unclean',
        peers: ['me', synced, 'silent'],
        patience: 'spent',
        failoverAnswer: 'no-good-replica',
      },
      'primary',
    ],
    [
      "b'. as before, and the failover never came",
      { votes: namesMe, lastStop: 'unclean', peers: ['me', synced, 'silent'], patience: 'spent' },
      'refuse',
    ],
    [
      'c. named, volume empty, a peer holds data',
      { votes: namesMe, localData: 'none', peers: ['me', synced, 'silent'] },
      'failover',
    ],
    [
      'c. as before, and no failover came about',
      { votes: namesMe, localData: 'none', peers: ['me', synced, 'silent'], patience: 'spent' },
      'refuse',
    ],
    [
      'd. named, volume empty, all peers say they are empty',
      { votes: namesMe, localData: 'none', peers: ['me', 'replica,none,1,apart', 'replica,none,1,apart'] },
      'primary',
    ],
    [
      'd. as before, but silence proves nothing',
      { votes: namesMe, localData: 'none', peers: ['me', 'replica,none,1,apart', 'silent'] },
      'wait',
    ],
    [
      'e. no majority, one primary with replicas',
      { votes: ['1@7', 'silent', 'silent'], peers: ['me', 'silent', 'primary,kept,9,1'] },
      'replica of 2',
    ],
    [
      'e. no majority, one primary with the highest offset',
      { peers: ['me', 'replica,kept,9,apart', 'primary,kept,9,0'] },
      'replica of 2',
    ],
    [
      'e. no majority, one primary but it is behind',
      { peers: ['me', 'replica,kept,10,apart', 'primary,kept,9,0'], patience: 'spent' },
      'refuse',
    ],
    [
      'e. no majority, one primary but it is empty',
      { peers: ['me', 'silent', 'primary,none,0,1'], patience: 'spent' },
      'refuse',
    ],
    [
      'e. no majority, two primaries',
      { peers: ['me', 'primary,kept,9,1', 'primary,kept,9,0'], patience: 'spent' },
      'refuse',
    ],
    [
      'f. too few Sentinels answer: what they know has to be heard',
      { votes: ['0@7', 'silent', 'silent'], patience: 'spent' },
      'wait',
    ],
    [
      'f. as before, whatever the record of the agent says: it may be older',
      { votes: ['silent', 'silent', 'silent'], record: '0@7', patience: 'spent' },
      'wait',
    ],
    ['f. the Sentinels have forgotten, and the record names this node', { votes: blank, record: '0@7' }, 'primary'],
    ['f. the Sentinels have forgotten, and the record names another', { votes: blank, record: '2@7' }, 'replica of 2'],
    ['f. one of them remembers the same', { votes: ['blank', '0@7', 'blank'], record: '0@7' }, 'primary'],
    [
      'f. one of them remembers a newer primary',
      { votes: ['blank', '1@8', 'blank'], record: '0@7', patience: 'spent' },
      'refuse',
    ],
    [
      'f. one of them contradicts the record',
      { votes: ['blank', '1@7', 'blank'], record: '0@7', patience: 'spent' },
      'refuse',
    ],
    [
      'f. a primary that is there counts more than the record',
      { votes: blank, record: '0@7', peers: ['me', 'primary,kept,9,1', 'silent'] },
      'replica of 1',
    ],
    [
      'f. the record names this node, but its volume is empty',
      { votes: blank, record: '0@7', localData: 'none', patience: 'spent' },
      'refuse',
    ],
    [
      'f. as before, and every node says that it is empty',
      {
        votes: blank,
        record: '0@7',
        localData: 'none',
        peers: ['me', 'replica,none,1,apart', 'replica,none,1,apart'],
      },
      'primary',
    ],
    [
      'f. the record names this node, which crashed, and a replica may have more',
      { votes: blank, record: '0@7', lastStop: 'unclean', peers: ['me', synced, 'silent'], patience: 'spent' },
      'refuse',
    ],
    ['f. people know better than the record', { votes: blank, record: '1@7', forcePrimary: 0 }, 'primary'],
    ['g. first start, node 0', { votes: ['blank', 'blank', 'silent'], localData: 'none' }, 'primary'],
    [
      'g. first start, node 1',
      { ordinal: 1, votes: blank, localData: 'none', peers: ['silent', 'me', 'silent'] },
      'wait',
    ],
    [
      'g. no first start where one Sentinel remembers a primary',
      { votes: ['blank', 'blank', '1@7'], localData: 'none', patience: 'spent' },
      'refuse',
    ],
    ['h. the Sentinels remember nothing and this node holds data', { votes: blank, patience: 'spent' }, 'refuse'],
    ['h. as before, before time is up', { votes: blank }, 'wait'],
    ['h. as before, and people have decided for this node', { votes: blank, forcePrimary: 0 }, 'primary'],
    ['h. as before, and people have decided for another', { votes: blank, forcePrimary: 1 }, 'wait'],
    [
      'h. people have decided, but the Sentinels know better',
      { votes: ['1@7', '1@7', '1@7'], forcePrimary: 0 },
      'replica of 1',
    ],
    [
      'h. people have decided for a node without data',
      { votes: blank, localData: 'none', forcePrimary: 0, patience: 'spent' },
      'refuse',
    ],
    [
      'h. the Sentinels name an address of no node',
      { votes: ['elsewhere@7', 'elsewhere@7', 'silent'], patience: 'spent' },
      'refuse',
    ],
  ])('%s', async (_, facts, expected) => {
    const [decided] = await decideAll([{ ...usual, ...facts }]);
    expect(decided?.leader === undefined ? decided?.decision : `${decided.decision} of ${decided.leader}`).toBe(
      expected,
    );
  });

  test('a refusal says in one line how to decide', async () => {
    const [decided] = await decideAll([{ ...usual, votes: blank, patience: 'spent' }]);
    expect(decided?.reason).toBe(
      'the Sentinels remember no primary, and no node is primary; set redis.bootstrap.forcePrimary to the ordinal of the node with the newest data',
    );
  });

  test('it makes no difference which Sentinel says what', async () => {
    const answers = ['0@7', '1@8', 'silent'];
    const orders = answers.flatMap((a) =>
      answers.flatMap((b) => answers.filter((c) => new Set([a, b, c]).size === 3).map((c) => [a, b, c])),
    );
    const decisions = await decideAll(orders.map((votes) => ({ ...usual, votes })));
    expect(orders).toHaveLength(6);
    expect(new Set(decisions.map((decision) => JSON.stringify(decision))).size).toBe(1);
  });
});
