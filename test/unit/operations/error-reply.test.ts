import { describe, expect, test } from '@jest/globals';
import { errorReply, rawErrorResponse } from '../../../app/operations/error-reply.js';
import { MoorlineError } from '../../../app/resilience/errors.js';

describe('an error as it goes out', () => {
  test('has its code, message and whether to try again', () => {
    expect(errorReply(new MoorlineError('not_found', 'no job a'))).toEqual({
      status: 404,
      headers: {},
      body: { error: { code: 'not_found', message: 'no job a', retryable: false } },
    });
  });

  test('carries the jobs that are unconfirmed beside the error', () => {
    const error = new MoorlineError('unconfirmed', 'maybe', { details: { jobs: [{ id: 'a' }] } });
    expect(errorReply(error)).toMatchObject({ status: 503, body: { error: { retryable: true }, jobs: [{ id: 'a' }] } });
  });

  test.each([
    [undefined, '1'],
    [1, '1'],
    [1_001, '2'],
    [60_000, '60'],
  ])('asks for patience in whole seconds: %s ms', (retryAfterMs, header) => {
    const { headers } = errorReply(new MoorlineError('redis_unavailable', 'away', { retryAfterMs }));
    expect(headers).toEqual({ 'retry-after': header });
  });

  test.each([
    new Error('password=hunter2'),
    Object.assign(new Error('hunter2'), { code: 'ECONNRESET' }),
    'hunter2',
    null,
    { code: 7, message: 'hunter2' },
  ])('says nothing of what is not ours: %s', (error) => {
    const { status, body } = errorReply(error);
    expect([status, body.error.code]).toEqual([500, 'internal']);
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  test.each([
    ['HPE_INVALID_METHOD', 400],
    ['HPE_HEADER_OVERFLOW', 431],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ])('bytes that are not HTTP (%s) get a whole answer of their own', (code, status) => {
    const [head, body] = rawErrorResponse({ code }).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain(`content-length: ${Buffer.byteLength(body ?? '')}`);
    expect(JSON.parse(body ?? '')).toMatchObject({ error: { code: 'invalid_request' } });
  });
});
