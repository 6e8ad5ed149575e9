import { expect, test } from '@jest/globals';
import { isUndisputed, newestPrimary } from '../../../app/redis/sentinel-vote.js';

const at = (host: string, epoch: number) => ({
  primary: { host, port: 6379 },
  epoch,
  replicas: 2,
  isReplacing: false,
});

test.each([
  ['nobody answers', [], undefined],
  ['all agree', [at('a', 3), at('a', 3), at('a', 3)], 'a'],
  ['one was cut off and knows only the last primary', [at('old', 3), at('new', 4), at('new', 4)], 'new'],
  ['the others have not heard of the promotion yet', [at('old', 3), at('old', 3), at('new', 4)], 'new'],
])('when %s', (_when, answers, host) => {
  expect(newestPrimary(answers)?.host).toBe(host);
});

const content = at('a', 3);
const replacing = { ...content, isReplacing: true };

test.each([
  ['stays when all name it and are content', [content, content, content], true],
  ['stays when one is lost and the others are content', [content, content], true],
  ['may go when most are lost', [content], false],
  ['may go when the leader of a failover knows more than the others', [content, content, replacing], false],
  ['may go when one names its successor already', [content, content, at('b', 3.5)], false],
  ['stays when it is the successor, and others have not heard of it yet', [at('b', 3), at('b', 3), at('a', 3.5)], true],
])('a primary %s', (_when, answers, expected) => {
  expect(isUndisputed({ host: 'a', port: 6379 }, answers, 3)).toBe(expected);
});
