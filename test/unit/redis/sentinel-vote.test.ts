import { expect, test } from '@jest/globals';
import { newestPrimary } from '../../../app/redis/sentinel-vote.js';

const at = (host: string, configEpoch: number) => ({ primary: { host, port: 6379 }, configEpoch });

test.each([
  ['nobody answers', [], undefined],
  ['all agree', [at('a', 3), at('a', 3), at('a', 3)], 'a'],
  ['one was cut off and knows only the last primary', [at('old', 3), at('new', 4), at('new', 4)], 'new'],
  ['the others have not heard of the promotion yet', [at('old', 3), at('old', 3), at('new', 4)], 'new'],
])('when %s', (_when, answers, host) => {
  expect(newestPrimary(answers)?.host).toBe(host);
});
