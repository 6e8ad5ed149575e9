import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { GatewayClient, type Call } from '../support/gateway-client.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';

const maxBodyBytes = 16 * 1024 * 1024;
const megabyte = 1024 * 1024;
const json = (body: unknown): Call => ({ method: 'POST', body });
const lines = (body: string | Uint8Array): Call => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/x-ndjson' },
});
const typed = (type: string, body = '{"data":1}'): Call => ({
  method: 'POST',
  body,
  headers: { 'content-type': type },
});
const job = '{"data":1}';
const nested = (depth: number) => `{"data":${'['.repeat(depth)}${']'.repeat(depth)}}`;

describe('bad input', () => {
  let redis: RedisServer;
  let gateway: MoorlineProcess;
  let client: GatewayClient;

  beforeAll(async () => {
    redis = await startRedis();
    gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}`, MOORLINE_TOKEN: 'right' });
    client = new GatewayClient(gateway.url, 'right');
  });

  afterEach(async () => {
    expect(gateway.isRunning).toBe(true);
    // But for what a gateway says of itself.
    const isOfRequests = (key: string) =>
      key !== '' && !key.startsWith('moorline:') && !key.startsWith('ml:{:servers}:');
    expect((await redis.cli('KEYS', '*')).split('\n').filter(isOfRequests)).toEqual([]);
  });

  const jobs = '/api/v1/queues/q/jobs';
  const claim = '/api/v1/queues/q/claim';
  const settle = '/api/v1/queues/q/settle';
  const replay = '/api/v1/queues/q/dead/replay';

  test.each<[string, string, Call, number, string, RegExp]>([
    ['broken JSON', jobs, json('{"data":'), 400, 'invalid_request', /the body: Expected JSON/],
    ['an empty body', jobs, json(''), 400, 'invalid_request', /Expected JSON/],
    ['no body', jobs, { method: 'POST' }, 400, 'invalid_request', /the body: .*got nothing/],
    ['a body that is no object', jobs, json('[1]'), 400, 'invalid_request', /got an array of 1/],
    ['bytes that are no UTF-8', jobs, json(Buffer.from([0x22, 0xff, 0x22])), 400, 'invalid_request', /Expected UTF-8/],
    ['a byte order mark', jobs, json(`\ufeff${job}`), 400, 'invalid_request', /Expected JSON/],
    ['a job without data', jobs, json({}), 400, 'invalid_request', /data in the body/],
    ['an unknown field', jobs, json({ data: 1, colour: 'k' }), 400, 'invalid_request', /"colour"/],
    ['a key with a line break', jobs, json({ data: 1, key: 'a\nb' }), 400, 'invalid_request', /key/],
    ['__proto__ as a field of a job', jobs, json('{"data":1,"__proto__":{}}'), 400, 'invalid_request', /__proto__/],
    ['a field beside jobs', jobs, json({ jobs: [{ data: 1 }], data: 1 }), 400, 'invalid_request', /"data"/],
    ['no jobs', jobs, json({ jobs: [] }), 400, 'invalid_request', /jobs in the body/],
    ['jobs that are no list', jobs, json({ jobs: {} }), 400, 'invalid_request', /jobs in the body/],
    [
      'an unknown field deep in a list',
      jobs,
      json({ jobs: [{ data: 1 }, { data: 2 }, { data: 3, foo: 1 }] }),
      400,
      'invalid_request',
      /jobs\[2\] in the body: .*"foo"/,
    ],
    [
      'an unknown field in a line',
      jobs,
      lines(`${job}\n\n{"data":1,"foo":2}`),
      400,
      'invalid_request',
      /line 3: .*"foo"/,
    ],
    ['a broken line', jobs, lines(`${job}\n{"data"`), 400, 'invalid_request', /line 2: Expected JSON/],
    ['no lines', jobs, lines('\n \n'), 400, 'invalid_request', /one job a line/],
    ['a line of 10 MB', jobs, lines(`{"data":"${'x'.repeat(10 * megabyte)}"}`), 413, 'body_too_large', /line 1/],
    ['data of more than 1 MiB', jobs, json({ data: 'x'.repeat(megabyte) }), 400, 'invalid_request', /data/],
    ['a body over the limit', jobs, json(`"${'x'.repeat(maxBodyBytes)}"`), 413, 'body_too_large', /16777216 bytes/],
    ['too many jobs', jobs, json({ jobs: Array(50_001).fill({ data: 1 }) }), 400, 'invalid_request', /50001/],
    ['too many lines', jobs, lines(`${job}\n`.repeat(50_001)), 400, 'invalid_request', /line 50001/],
    ['brackets without end', jobs, json(nested(1_000_000)), 400, 'invalid_request', /nested/],
    ['a line of brackets', jobs, lines(nested(1_000)), 400, 'invalid_request', /line 1: .*nested/],
    ['a number too large for a double', jobs, json('{"data":[1,{"n":1e999}]}'), 400, 'invalid_request', /double/],
    ['a number of too many digits', jobs, json(`{"data":${'9'.repeat(400)}}`), 400, 'invalid_request', /double/],
    [
      'a priority out of range',
      jobs,
      json({ data: 1, priority: 10 }),
      400,
      'invalid_request',
      /priority .*0 to 9, got 10/,
    ],
    ['a priority that is no whole number', jobs, json({ data: 1, priority: 1.5 }), 400, 'invalid_request', /priority/],
    ['a delay of a wrong type', jobs, json({ data: 1, delayMs: '5' }), 400, 'invalid_request', /delayMs .*got "5"/],
    ['null where a number belongs', jobs, json({ data: 1, maxAttempts: null }), 400, 'invalid_request', /maxAttempts/],
    ['an empty id', jobs, json({ data: 1, id: '' }), 400, 'invalid_request', /id in the body/],
    ['an id of a wrong type', jobs, json({ data: 1, id: 7 }), 400, 'invalid_request', /id in the body/],
    ['an id with a line end', jobs, json({ data: 1, id: 'a\nb' }), 400, 'invalid_request', /control characters/],
    [
      'an id that is half a character',
      jobs,
      json('{"data":1,"id":"\\ud800"}'),
      400,
      'invalid_request',
      /id in the body/,
    ],
    ['an id too long', jobs, json({ data: 1, id: 'x'.repeat(201) }), 400, 'invalid_request', /id in the body/],
    ['another type', jobs, typed('text/plain'), 415, 'unsupported_media_type', /application\/json/],
    ['an unreadable type', jobs, typed('nonsense'), 415, 'unsupported_media_type', /application\/json/],
    ['lines where no lines are read', claim, lines('{}'), 415, 'unsupported_media_type', /application\/json/],
    [
      'a compressed body',
      jobs,
      { ...json(job), headers: { 'content-encoding': 'gzip' } },
      415,
      'unsupported_media_type',
      /Content-Encoding/,
    ],
    ['a claim for nothing', claim, json({ max: 0 }), 400, 'invalid_request', /max in the body/],
    ['a claim of a wrong type', claim, json({ waitMs: 'long' }), 400, 'invalid_request', /waitMs/],
    ['a claim with an unknown field', claim, json({ maximum: 1 }), 400, 'invalid_request', /"maximum"/],
    ['a lease of no length', claim, json({ leaseMs: 0 }), 400, 'invalid_request', /leaseMs/],
    ['a verdict without fence', settle, json({ done: [{ id: 'a' }] }), 400, 'invalid_request', /done\[0\]\.fence/],
    ['a fence as a number', settle, json({ done: [{ id: 'a', fence: 1 }] }), 400, 'invalid_request', /fence/],
    ['an unknown verdict', settle, json({ finished: [] }), 400, 'invalid_request', /"finished"/],
    ['a failure without error', settle, json({ failed: [{ id: 'a', fence: '1' }] }), 400, 'invalid_request', /error/],
    [
      'a result too large',
      settle,
      json({ done: [{ id: 'a', fence: '1', result: 'x'.repeat(70_000) }] }),
      400,
      'invalid_request',
      /result/,
    ],
    ['millions of verdicts', settle, json(`{"done":[${'{},'.repeat(2_000_000)}{}]}`), 400, 'invalid_request', /done/],
    ['a pause with a body', '/api/v1/queues/q/pause', json({ until: 5 }), 400, 'invalid_request', /"until"/],
    ['a selection of nothing', replay, json({}), 400, 'invalid_request', /exactly one/],
    ['ids with a filter', replay, json({ ids: ['a'], reason: 'failed' }), 400, 'invalid_request', /not beside ids/],
    ['two selections', replay, json({ all: true, ids: ['a'] }), 400, 'invalid_request', /exactly one/],
    ['all as false', replay, json({ all: false }), 400, 'invalid_request', /all in the body/],
    ['an unknown query parameter', '/api/v1/queues?state=sleeping', {}, 400, 'invalid_request', /"state"/],
    ['an unknown queue state', '/api/v1/queues/q?state=sleeping', {}, 400, 'invalid_request', /"state"/],
    ['a limit of no number', '/api/v1/queues/q/dead?limit=many', {}, 400, 'invalid_request', /limit in the query/],
    ['a limit too large', '/api/v1/queues/q/dead?limit=1000000', {}, 400, 'invalid_request', /limit in the query/],
    ['a parameter twice', '/api/v1/queues/q/dead?limit=1&limit=2', {}, 400, 'invalid_request', /limit in the query/],
    ['a cursor of nobody', '/api/v1/queues/q/dead?cursor=nonsense', {}, 400, 'invalid_request', /cursor/],
    [
      'a queue of a strange name',
      '/api/v1/queues/a%20b/jobs',
      json({ data: 1 }),
      400,
      'invalid_request',
      /queue in the path/,
    ],
    ['a queue of a long name', `/api/v1/queues/${'q'.repeat(129)}`, {}, 400, 'invalid_request', /queue in the path/],
    ['a path of broken encoding', '/api/v1/queues/%E0%A4%A', {}, 400, 'invalid_request', /percent-encoded/],
    ['a path part without end', `/api/v1/queues/${'q'.repeat(5_000)}`, {}, 400, 'invalid_request', /too long|queue in/],
    ['an unknown job', '/api/v1/queues/q/jobs/nope', {}, 404, 'not_found', /nope/],
    ['an unknown path', '/api/v1/quues', {}, 404, 'not_found', /openapi/],
    ['another method', jobs, { method: 'DELETE' }, 405, 'method_not_allowed', /Expected POST, got DELETE/],
    ['no token', jobs, { ...json(job), headers: { authorization: '' } }, 401, 'unauthorized', /Bearer/],
    [
      'a wrong token',
      jobs,
      { ...json(job), headers: { authorization: 'Bearer wrong' } },
      401,
      'unauthorized',
      /Bearer/,
    ],
    [
      'another scheme',
      jobs,
      { ...json(job), headers: { authorization: 'Basic right' } },
      401,
      'unauthorized',
      /Bearer/,
    ],
    [
      'no token on an encoded path',
      '/%61pi/v1/queues',
      { headers: { authorization: '' } },
      401,
      'unauthorized',
      /Bearer/,
    ],
  ])('%s is refused', async (_, path, call, status, code, message) => {
    const answer = await client.call(path, call);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(answer.body).toEqual({
      error: { code, message: expect.stringMatching(message), retryable: false },
    });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test('says by `Allow` what the method should have been, and by `WWW-Authenticate` how to authenticate', async () => {
    expect((await client.call(claim, { method: 'GET' })).headers.get('allow')).toBe('POST');
    const { headers } = await client.get('/api/v1/queues', { headers: { authorization: 'Bearer no' } });
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('nothing of a request is written when its last job is bad', async () => {
    const good = Array.from({ length: 1_000 }, (_, index) => ({ id: `${index}`, data: index }));
    expect((await client.post(jobs, { jobs: [...good, { data: 1, priority: -1 }] })).status).toBe(400);
    const body = [...good, {}].map((one) => JSON.stringify(one)).join('\n');
    expect((await client.call(jobs, lines(body))).status).toBe(400);
  });

  test('bytes that are not HTTP get a 400 in the same shape', async () => {
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.end('GET / SMTP/1.0\r\n\r\n');
    const [head, body] = (await text(socket)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(body ?? '')).toMatchObject({ error: { code: 'invalid_request', retryable: false } });
  });
});
