import { expect, test } from '@jest/globals';
import { type NodeView, type View, wrongIn } from '../../cluster/state/view.js';

const sentinel = (pod: string) => ({ pod, primary: 'redis-0', replicas: 2, otherSentinels: 2, isCalm: true });
const primary: NodeView = { pod: 'redis-0', role: 'primary' };
const replica: NodeView = { pod: 'redis-1', role: 'replica', follows: 'redis-0', link: 'up' };
const first = sentinel('sentinel-0');
const others = [sentinel('sentinel-1'), sentinel('sentinel-2')];
const withoutService: View = {
  helm: 'deployed',
  unfinished: [],
  nodes: [primary, replica, { ...replica, pod: 'redis-2' }],
  sentinels: [first, ...others],
};
const whole: View = { ...withoutService, primaryService: ['redis-0'] };

test('nothing is wrong with a release that is whole, with and without a Service of the primary', () => {
  expect(wrongIn(whole)).toEqual([]);
  expect(wrongIn(withoutService)).toEqual([]);
});

test.each<[string, Partial<View>, RegExp]>([
  ['helm is not content', { helm: 'failed' }, /helm to say deployed, it says failed/],
  ['something is not finished', { unfinished: ['redis-1 is not ready'] }, /redis-1 is not ready/],
  ['there is no primary', { nodes: [replica] }, /one primary, got none/],
  ['there are two', { nodes: [primary, { pod: 'redis-1', role: 'primary' }] }, /got redis-0 and redis-1/],
  ['a node is silent', { nodes: [primary, replica, { pod: 'redis-2', role: 'silent' }] }, /redis-2 does not answer/],
  ['a replica follows another', { nodes: [primary, replica, { ...replica, follows: 'redis-1' }] }, /follows redis-1/],
  ['a replica is not in sync', { nodes: [primary, replica, { ...replica, link: 'down' }] }, /link is down/],
  [
    'a Sentinel names another',
    { sentinels: [{ ...first, primary: 'redis-1' }, ...others] },
    /sentinel-0 names redis-1/,
  ],
  ['a Sentinel names none', { sentinels: [{ ...sentinel('s'), primary: '' }, ...others] }, /not redis-0/],
  ['a Sentinel knows a ghost', { sentinels: [{ ...first, replicas: 3 }, ...others] }, /knows 3 replicas, not 2/],
  ['a Sentinel misses a fellow', { sentinels: [{ ...first, otherSentinels: 1 }, ...others] }, /1 other Sentinels/],
  ['a failover is under way', { sentinels: [{ ...first, isCalm: false }, ...others] }, /failover under way/],
  ['the Service leads nowhere', { primaryService: [] }, /leads to nobody/],
  ['the Service leads to two', { primaryService: ['redis-0', 'redis-1'] }, /leads to redis-0 and redis-1/],
  ['the Service leads astray', { primaryService: ['redis-1'] }, /leads to redis-1/],
])('it is seen when %s', (_, change, expected) => {
  expect(wrongIn({ ...whole, ...change }).join('\n')).toMatch(expected);
});
