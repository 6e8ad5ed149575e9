import { expect, test } from '@jest/globals';
import { exitCodeOf, explain, UnavailableError, UsageError } from '../../../app/commands/exit-codes.js';
import { ConfigError } from '../../../app/config/index.js';
import { MoorlineError } from '../../../app/resilience/errors.js';
import { WorkerSetupError } from '../../../app/worker/setup-error.js';

test.each<[unknown, number, string]>([
  [new UsageError('no'), 2, 'no'],
  [new ConfigError(['A: no', 'B: no']), 2, 'A: no\nB: no'],
  [new WorkerSetupError('no handlers'), 2, 'no handlers'],
  [new UnavailableError('not now'), 3, 'not now'],
  [new MoorlineError('redis_unavailable', 'away'), 3, 'redis_unavailable: away'],
  [new MoorlineError('not_found', 'gone'), 1, 'not_found: gone'],
  [new Error('one\ntwo'), 1, 'one'],
  ['text', 1, 'text'],
])('%s ends with its code and one line', (error, code, line) => {
  expect([exitCodeOf(error), explain(error)]).toEqual([code, line]);
});
