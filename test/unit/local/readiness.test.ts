import { expect, test } from '@jest/globals';
import { reasonOf } from '../../../cdk8s/local/readiness.js';

test.each([
  ['moorline: not ready: no PONG\n', 'no PONG'],
  ['moorline: expected REDIS_NODES\nmore', 'expected REDIS_NODES'],
  ['{"ready":false,"reason":"no connection to Redis"}', 'no connection to Redis'],
  ['Bad Gateway', 'Bad Gateway'],
  ['', 'its probe fails'],
])('a probe that says %j gives the reason "%s"', (output, reason) => {
  expect(reasonOf(output)).toBe(reason);
});
