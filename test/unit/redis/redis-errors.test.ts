import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { didNothing, kindOfRedisError, NotSentError, toMoorlineError } from '../../../app/redis/redis-errors.js';
import { MoorlineError } from '../../../app/resilience/errors.js';

describe('an error of Redis', () => {
  test.each([
    ["READONLY You can't write against a read only replica.", 'wrong-server', 'redis_unavailable'],
    ['LOADING Redis is loading the dataset in memory', 'wrong-server', 'redis_unavailable'],
    [
      "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
      'wrong-server',
      'redis_unavailable',
    ],
    ['ERR WAIT cannot be used with replica instances.', 'wrong-server', 'redis_unavailable'],
    ['NOREPLICAS Not enough good replicas to write.', 'no-replicas', 'redis_unavailable'],
    ['UNBLOCKED force unblock from blocking operation, instance state changed', 'refused', 'redis_unavailable'],
    ['BUSY Redis is busy running a script.', 'refused', 'redis_unavailable'],
    ['MISCONF Errors writing to the AOF file', 'refused', 'redis_unavailable'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'out-of-memory', 'quota_exceeded'],
    ['ERR max requests limit exceeded. Limit: 500000', 'over-quota', 'quota_exceeded'],
    ['ERR max daily request limit exceeded. Limit: 10000, Usage: 10000', 'over-quota', 'quota_exceeded'],
    ['ERR Function not found', 'function-missing', 'internal'],
    ['Connection is closed.', 'connection-lost', 'redis_unavailable'],
    ["Socket timeout. Expecting data, but didn't receive any in 8000ms.", 'connection-lost', 'redis_unavailable'],
    ['read ECONNRESET', 'connection-lost', 'redis_unavailable'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'other', 'internal'],
    ["NOPERM User ann has no permissions to run the 'fcall' command", 'other', 'internal'],
    ['ERR user_function: the READONLY word inside', 'other', 'internal'],
  ])('"%s" is of the kind %s and leaves as %s', (message, kind, code) => {
    const error = new Error(message);
    expect(kindOfRedisError(error)).toBe(kind);
    expect(toMoorlineError(error)).toMatchObject({ code, name: 'MoorlineError' });
    expect(didNothing(error)).toBe(kind === 'wrong-server' || kind === 'no-replicas');
  });

  test('a command that was not sent did nothing', () => {
    expect(didNothing(new NotSentError())).toBe(true);
    expect(toMoorlineError(new NotSentError()).code).toBe('redis_unavailable');
  });

  test('leaves without the command that it carries', () => {
    const error = Object.assign(new Error('ERR wrong'), { command: { name: 'auth', args: ['hunter2'] } });
    expect(inspect(toMoorlineError(error), { depth: 10 })).not.toContain('hunter2');
  });

  test('that has a code already stays as it is', () => {
    const error = new MoorlineError('deadline_exceeded', 'late');
    expect(toMoorlineError(error)).toBe(error);
  });
});
