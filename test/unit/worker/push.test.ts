import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLog } from '../../../app/log.js';
import { parseRetryAfter, pushTo } from '../../../app/worker/push.js';
import type { Outcome } from '../../../app/queue/outcome.js';

const delivery = {
  id: 'a"1',
  queue: 'thumbnails',
  fence: '7',
  attempt: 2,
  maxAttempts: 3,
  priority: 4,
  enqueuedAt: 5,
  leaseUntil: 6,
  dataJson: '{"n": 1.0}',
};

describe('pushing jobs to an endpoint', () => {
  let answer: (response: ServerResponse) => void;
  const received: { request: IncomingMessage; body: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ request, body });
      answer(response);
    });
  });
  let url: string;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jobs?x=1`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    received.length = 0;
  });

  const push = (signal = new AbortController().signal, to = url): Promise<Outcome> =>
    pushTo(to)(delivery, 'thumbnails', {
      signal,
      log: createLog({ level: 'silent' }),
      attempt: 2,
      fence: '7',
      deadline: 99,
      publish: () => Promise.resolve(),
    });

  test('sends the job with its data, its fence and a key that stays the same', async () => {
    answer = (response) => response.end();
    await push();
    const [{ request, body } = { request: undefined, body: '' }] = received;
    expect(request).toMatchObject({ method: 'POST', url: '/jobs?x=1' });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': '"thumbnails/a\\"1"',
    });
    expect(JSON.parse(body)).toEqual({
      id: 'a"1',
      queue: 'thumbnails',
      fence: '7',
      attempt: 2,
      maxAttempts: 3,
      priority: 4,
      enqueuedAt: 5,
      deadline: 99,
      data: { n: 1 },
    });
  });

  test.each<[number, Record<string, string>, string, object]>([
    [200, {}, '{ "ok": true }', { verdict: 'done', resultJson: '{"ok":true}' }],
    [204, {}, '', { verdict: 'done' }],
    [200, {}, 'fine, thanks', { verdict: 'done' }],
    [200, {}, `"${'x'.repeat(70_000)}"`, { verdict: 'failed', error: { code: 'result_too_large' }, retry: false }],
    [400, {}, 'no', { verdict: 'failed', error: { code: 'http_400' }, retry: false }],
    [404, {}, '', { verdict: 'failed', error: { code: 'http_404' }, retry: false }],
    [408, {}, '', { verdict: 'failed', error: { code: 'http_408' } }],
    [425, {}, '', { verdict: 'failed', error: { code: 'http_425' } }],
    [429, { 'retry-after': '7' }, '', { verdict: 'failed', error: { code: 'http_429' }, retryAfterMs: 7_000 }],
    [500, {}, '', { verdict: 'failed', error: { code: 'http_500' } }],
    [503, { 'retry-after': 'soon' }, '', { verdict: 'failed', error: { code: 'http_503' } }],
    [302, { location: '/elsewhere' }, '', { verdict: 'failed', error: { code: 'http_302' } }],
  ])('an answer of %i with %j and %.20j', async (status, headers, body, outcome) => {
    answer = (response) => response.writeHead(status, headers).end(body);
    const got = await push();
    expect(got).toMatchObject(outcome);
    expect(Object.keys(got).sort()).toEqual(Object.keys(outcome).sort());
    expect(received).toHaveLength(1);
  });

  test('nobody at the address, a cut connection and an abort are tried again', async () => {
    answer = (response) => response.destroy();
    expect(await push()).toMatchObject({ verdict: 'failed', error: { code: 'push_failed' } });
    const abort = new AbortController();
    answer = () => {
      abort.abort();
    };
    expect(await push(abort.signal)).toMatchObject({ verdict: 'failed' });
    const nobody = await push(undefined, 'http://127.0.0.1:1/?key=secret');
    expect(nobody).toMatchObject({ verdict: 'failed', error: { code: 'push_failed' } });
    expect(JSON.stringify(nobody)).not.toContain('secret');
  });
});

test.each<[string | null, number | undefined]>([
  [null, undefined],
  ['', undefined],
  ['12', 12_000],
  ['-1', undefined],
  ['99999999999999999999', 366 * 24 * 3_600_000],
  ['Sat, 21 Nov 2026 00:00:10 GMT', 10_000],
  ['Sat, 21 Nov 2026 00:00:00 GMT', 0],
  ['Fri, 20 Nov 2026 00:00:00 GMT', 0],
])('Retry-After: %s', (header, ms) => {
  expect(parseRetryAfter(header, Date.UTC(2026, 10, 21))).toBe(ms);
});
