import { beforeAll, describe, expect, test } from '@jest/globals';
import { historyAnswer, publishAnswer } from '../../../app/gateway/schemas/stream.js';
import { openEvents } from '../support/event-source.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline, type MoorlineProcess } from '../support/moorline-process.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { waitFor } from '../support/wait-for.js';

let redis: RedisServer;
let gateway: MoorlineProcess;
let client: GatewayClient;
const pathOf = (stream: string): string => `/api/v1/streams/${stream}`;
const publish = async (stream: string, chunks: readonly unknown[], rest: object = {}) => {
  const { status, text } = await client.post(`${pathOf(stream)}/chunks`, { chunks, ...rest });
  expect(status).toBe(202);
  return publishAnswer.parse(JSON.parse(text));
};

beforeAll(async () => {
  redis = await startRedis();
  gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
  client = new GatewayClient(gateway.url);
});

describe('streams over HTTP', () => {
  test('chunks are read as JSON from where one was', async () => {
    const { epoch, offset } = await publish('answer', ['a', { b: [1.5, null] }, 'c']);
    expect(offset).toBe(3);
    const { text } = await client.get(`${pathOf('answer')}?offset=1&epoch=${epoch}`);
    const chunks = [
      { offset: 2, data: { b: [1.5, null] } },
      { offset: 3, data: 'c' },
    ];
    const history = historyAnswer.parse(JSON.parse(text));
    expect(history).toEqual({ stream: 'answer', epoch, offset: 3, recovered: true, ended: false, chunks });
  });

  test('another epoch is answered with all there is, and said to be another', async () => {
    await publish('anew', [1, 2]);
    const { text } = await client.get(`${pathOf('anew')}?offset=9&epoch=old`);
    expect(JSON.parse(text)).toMatchObject({ recovered: false, offset: 2, chunks: [{ data: 1 }, { data: 2 }] });
  });

  test('a stream that does not exist has nothing, and is no error', async () => {
    const { status, text } = await client.get(pathOf('nothing'));
    expect([status, JSON.parse(text)]).toMatchObject([200, { epoch: '', offset: 0, recovered: true, chunks: [] }]);
  });

  test.each([
    ['no chunks', { chunks: [] }, 400, 'invalid_request'],
    ['an unknown field', { chunks: [1], ends: true }, 400, 'invalid_request'],
    ['a producer without a sequence', { chunks: [1], producer: 'p' }, 400, 'invalid_request'],
    ['too many chunks', { chunks: new Array(1_001).fill(0) }, 400, 'invalid_request'],
  ])('%s are refused', async (_, body, status, code) => {
    const answer = await client.post(`${pathOf('refused')}/chunks`, body);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  test('a stream that has ended takes no more', async () => {
    await publish('over', ['last'], { end: true });
    const { status, body } = await client.post(`${pathOf('over')}/chunks`, { chunks: [1] });
    expect([status, body.error.code]).toEqual([409, 'stream_ended']);
  });
});

describe('Server-Sent Events', () => {
  test('bring what was there, then what comes, then the end', async () => {
    const { epoch } = await publish('live', ['before']);
    const events = await openEvents(gateway.url, pathOf('live'));
    await waitFor('what was there', () => events.messages().length === 1);
    await publish('live', ['after', { last: true }], { end: true });
    await events.closed;
    expect(events.list.map(({ event, id, data }) => [event, id, JSON.parse(data) as unknown])).toEqual([
      ['subscribed', '', { epoch, offset: 0, recovered: true }],
      ['message', `${epoch}:1`, 'before'],
      ['message', `${epoch}:2`, 'after'],
      ['message', `${epoch}:3`, { last: true }],
      ['end', `${epoch}:3`, {}],
    ]);
  });

  test('go on after the last event that the browser has', async () => {
    const { epoch } = await publish('back', [1, 2, 3]);
    const events = await openEvents(gateway.url, pathOf('back'), { 'last-event-id': `${epoch}:2` });
    await waitFor('the rest', () => events.messages().length === 1);
    expect(events.messages()).toEqual([3]);
    events.close();
  });

  test('tell a browser that has all of an ended stream not to come back', async () => {
    const { epoch } = await publish('done', [1], { end: true });
    const { status } = await client.get(pathOf('done'), {
      headers: { accept: 'text/event-stream', 'last-event-id': `${epoch}:1` },
    });
    expect(status).toBe(204);
  });

  test('reach many listeners at the price of one subscription', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => openEvents(gateway.url, pathOf('many'))));
    await publish('many', [1, 2], { end: true });
    await Promise.all(all.map(({ closed }) => closed));
    expect(all.map((events) => events.messages())).toEqual(all.map(() => [1, 2]));
  });

  test('wait for a client that does not read, and keep nothing for it', async () => {
    const events = await openEvents(gateway.url, pathOf('slow'));
    events.pause();
    const chunk = 'x'.repeat(200_000);
    await Promise.all(Array.from({ length: 8 }, () => publish('slow', new Array(5).fill(chunk))));
    events.resume();
    await waitFor('all of it', () => events.messages().length === 40);
    events.close();
  });

  test('end when the gateway stops, so that the client finds another', async () => {
    const other = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
    const events = await openEvents(other.url, pathOf('stops'));
    other.signal('SIGTERM');
    await events.closed;
  });
});
