import { describe, expect, test } from '@jest/globals';
import { newestView } from '../../../../app/redis/cluster/cluster-view.js';
import { joinOutcomes } from '../../../../app/redis/cluster/durable-split.js';
import { redirectOf } from '../../../../app/redis/cluster/redirect.js';
import { SlotMap } from '../../../../app/redis/cluster/slot-map.js';
import { NotSentError, toMoorlineError } from '../../../../app/redis/redis-errors.js';

test.each([
  ['MOVED 3999 127.0.0.1:6381', { to: { host: '127.0.0.1', port: 6381 } }],
  ['MOVED 3999 fd00::1:6381', { to: { host: 'fd00::1', port: 6381 } }],
  ['MOVED 3999 :6381', { to: { host: '', port: 6381 } }],
  ['ASK 3999 127.0.0.1:6381', {}],
  ['TRYAGAIN Multiple keys request during rehashing of slot', {}],
  ['CLUSTERDOWN The cluster is down', {}],
  ['ERR something else', undefined],
  ['Connection is closed.', undefined],
])('after %j a call is sent to %j', (message, redirect) => {
  expect(redirectOf(toMoorlineError(new Error(message)))).toEqual(redirect);
});

test('what was not sent at all may be sent elsewhere', () => {
  expect(redirectOf(toMoorlineError(new NotSentError()))).toEqual({});
  expect(redirectOf(new Error('MOVED 1 h:1'))).toBeUndefined();
});

describe('of several views of the cluster', () => {
  const view = (epoch: number, isOk = true) => ({ epoch, isOk, map: new SlotMap([]) });

  test.each([
    ['the newest counts', [view(1), view(3), view(2)], 3],
    ['one of a node that is cut off does not', [view(1), view(3, false)], 1],
    ['unless all are', [view(1, false), view(3, false)], 3],
  ])('%s', (_, views, epoch) => {
    expect(newestView(views)?.epoch).toBe(epoch);
  });
});

describe('durable calls to several nodes', () => {
  const wait = { replicas: 1, waitMs: 100 };
  const outcome = (reply: unknown, confirmedReplicas: number) => ({ reply, confirmedReplicas });

  test('are confirmed as often as by the node with the fewest replicas', () => {
    expect(joinOutcomes([outcome('a', 2), outcome('b', 1)], wait)).toMatchObject({ confirmedReplicas: 1 });
    expect(joinOutcomes([outcome('a', 0), outcome('b', 0)], wait)).toEqual({
      replies: ['a', 'b'],
      confirmedReplicas: 0,
    });
  });

  test('of which one was not confirmed fail there and nowhere else', () => {
    const { replies, confirmedReplicas } = joinOutcomes([outcome('a', 1), outcome('b', 0)], wait);
    expect([replies[0], confirmedReplicas]).toEqual(['a', 1]);
    expect(replies[1]).toMatchObject({ code: 'unconfirmed' });
    const refused = outcome(toMoorlineError(new Error('ERR no')), 0);
    expect(joinOutcomes([outcome('a', 1), refused], wait).replies[1]).toMatchObject({ code: 'internal' });
  });
});
