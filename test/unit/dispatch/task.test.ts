import { describe, expect, test } from '@jest/globals';
import { endingOf, readAnswer, unpackAnswers } from '../../../app/dispatch/answer.js';
import { errorOfEnding } from '../../../app/dispatch/errors.js';
import { jobOfTask, newTask, queueOfTask, taskIdOf } from '../../../app/dispatch/task.js';
import { isLast } from '../../../app/dispatch/task-streams.js';
import { optionsText, taskText } from '../../../app/queue/options.js';
import { readHeld, readRecord, recordText } from '../../../app/queue/packed.js';
import { timeLimitOf } from '../../../app/queue/time-limit.js';

describe('the id of a task', () => {
  test('begins with its queue, whoever made it', () => {
    expect(taskIdOf('mail')).toMatch(/^mail:[0-9a-v]{26}$/);
    expect(taskIdOf('mail', 'order:7')).toBe('mail:order:7');
    expect(taskIdOf('mail', 'mail:order:7')).toBe('mail:order:7');
    expect(() => taskIdOf('mail', 'x'.repeat(196))).toThrow('1-195 characters');
    expect(() => taskIdOf('mail', 'a\nb')).toThrow('control characters');
  });

  test.each([
    ['mail:x', 'mail'],
    ['mail:1:x', 'mail'],
    ['mail', undefined],
    [':x', undefined],
    ['a b:x', undefined],
  ])('%s is of the queue %s', (id, queue) => {
    expect(queueOfTask(id)).toBe(queue);
  });
});

describe('the job of a task', () => {
  test('is tried once, has the time that is left, and a stream where that was asked for', () => {
    const spec = newTask('q', { id: 'x', stream: true, priority: 3 });
    expect(spec).toMatchObject({ id: 'q:x', timeoutMs: 30_000, stream: 'task:q:x' });
    expect(jobOfTask(spec, 1, { remainingMs: 12.3, replyTo: 'sabc' })).toMatchObject({
      id: 'q:x',
      data: 1,
      priority: 3,
      maxAttempts: 1,
      task: { expireMs: 13, hasStream: true, replyTo: 'sabc' },
    });
    expect(jobOfTask(newTask('q', { maxAttempts: 4 }), 1, { remainingMs: -5 })).toMatchObject({
      maxAttempts: 4,
      task: { expireMs: 1, hasStream: false },
    });
  });

  test.each([0, 1.5, 86_400_001])('has no timeout of %s', (timeoutMs) => {
    expect(() => newTask('q', { timeoutMs })).toThrow('timeoutMs');
  });

  test.each([
    [{}, '', {}],
    [{ task: taskText({ expireMs: 500 }) }, '\u0001\u0001\u0002500\u0001', { deadline: 1_500 }],
    [
      { key: 'k', backoff: 'fixed:1', task: taskText({ expireMs: 7, hasStream: true, replyTo: 's1' }) },
      'k\u0001\u0001fixed:1\u00027~s1\u0001',
      { key: 'k', deadline: 1_007, hasStream: true },
    ],
    [{ key: 'k' }, 'k\u0001\u0001\u0001', { key: 'k' }],
  ])('is written into its record and read from it (%j)', (options, text, read) => {
    expect(optionsText(options)).toBe(text);
    const record = recordText({
      priority: 1,
      maxAttempts: 2,
      timeoutMs: undefined,
      options: text,
      dataJson: '{"a":1}',
    });
    const stamp = Buffer.alloc(6);
    stamp.writeUIntBE(1_000, 0, 6);
    const facts = { priority: 1, maxAttempts: 2, enqueuedAt: 1_000, dataJson: '{"a":1}' };
    expect(readRecord(Buffer.concat([stamp, Buffer.from(record)]))).toEqual({ ...facts, ...read });
  });

  test('is held under the name of its worker, whether or not an answer is awaited', () => {
    const [fence, worker] = [Buffer.from('0000000000000007', 'hex'), Buffer.from('worker')];
    const plain = Buffer.concat([fence, Buffer.from('00000000000005', 'hex'), worker]);
    const awaited = Buffer.concat([fence, Buffer.from('80000000000005', 'hex'), Buffer.from('\u0003sab'), worker]);
    for (const held of [plain, awaited]) expect(readHeld(held)).toEqual({ fence: '7', worker: 'worker' });
  });
});

describe('an answer', () => {
  test.each([
    ['d{"a":1}', { how: 'done', resultJson: '{"a":1}' }],
    ['d', { how: 'done' }],
    ['r', 'fetch'],
    ['f{"message":"no"}', { how: 'failed', error: { message: 'no' } }],
    ['c', { how: 'cancelled' }],
    ['x', { how: 'expired' }],
  ])('%s is read', (text, ending) => {
    expect(readAnswer(Buffer.from(text))).toEqual(ending);
  });

  test('comes with others, each with its length', () => {
    const packed = Buffer.concat(
      ['a', '', 'ccc'].flatMap((text) => [Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]),
    );
    expect(unpackAnswers(packed).map(String)).toEqual(['a', '', 'ccc']);
  });

  test.each([
    [undefined, { how: 'unknown' }],
    [{ state: 'ready', ahead: 0 }, undefined],
    [
      { state: 'done', finishedAt: 1, resultJson: '1' },
      { how: 'done', resultJson: '1' },
    ],
    [{ state: 'expired', finishedAt: 1 }, { how: 'expired' }],
    [
      { state: 'failed', finishedAt: 1, error: { message: 'm' } },
      { how: 'failed', error: { message: 'm' } },
    ],
  ] as const)('is what the queue knows: %j', (state, ending) => {
    const view = state === undefined ? undefined : { id: 'a', queue: 'q', ...state };
    expect(endingOf(view)).toEqual(ending);
  });

  test.each([
    [{ how: 'failed', error: { message: 'm', code: 'c', stack: 's' } }, 'task_failed'],
    [{ how: 'cancelled' }, 'task_cancelled'],
    [{ how: 'unknown' }, 'task_cancelled'],
    [{ how: 'expired' }, 'deadline_exceeded'],
  ] as const)('that is no result is an error: %j', (ending, code) => {
    const error = errorOfEnding('q:1', ending);
    expect([error.code, error.options.details]).toMatchObject([code, { id: 'q:1' }]);
    expect(JSON.stringify(error.options.details)).not.toContain('stack');
  });
});

test.each([
  [{ verdict: 'done' }, 1, true],
  [{ verdict: 'failed', error: { message: '' } }, 1, false],
  [{ verdict: 'failed', error: { message: '' } }, 3, true],
  [{ verdict: 'failed', error: { message: '' }, retry: false }, 1, true],
  [{ verdict: 'failed', error: { message: '' }, class: 'wait' }, 3, false],
] as const)('after %j at attempt %s of 3 nothing follows: %s', (outcome, attempt, last) => {
  expect(isLast({ attempt, maxAttempts: 3 }, outcome)).toBe(last);
});

test.each([
  [{ leaseUntil: 2_000 }, 60_000],
  [{ leaseUntil: 2_000, timeoutMs: 5 }, 5],
  [{ leaseUntil: 2_000, deadline: 1_400 }, 410],
  [{ leaseUntil: 2_000, deadline: 1_400, timeoutMs: 5 }, 5],
  [{ leaseUntil: 2_000, deadline: 900 }, 10],
])('a job like %j may take %s ms', (job, limit) => {
  expect(timeLimitOf(job, { leaseMs: 1_000, timeoutMs: 60_000 })).toBe(limit);
});
