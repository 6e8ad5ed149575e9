import { expect, test } from '@jest/globals';
import { matches } from '../../../app/operations/unknown-route.js';

test.each<[string, string, boolean]>([
  ['/api/queues/:queue', '/api/queues/mail', true],
  ['/api/queues/:queue', '/api/queues/', false],
  ['/api/queues/:queue', '/api/queues/mail/jobs', false],
  ['/api/queues/:queue/jobs', '/api/queues/mail/jobs', true],
  ['/api/queues', '/api/queues', true],
  ['/api/queues', '/api/Queues', false],
])('the pattern %s and the path %s', (pattern, path, expected) => {
  expect(matches(pattern, path)).toBe(expected);
});
