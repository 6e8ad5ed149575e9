import { request } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { enqueueReceipt } from '../../../app/gateway/schemas/job.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startHighAvailability } from '../support/high-availability.js';
import { startMoorline } from '../support/moorline-process.js';
import { startRedis } from '../support/redis-server.js';

const ndjson = { headers: { 'content-type': 'application/x-ndjson' } };

describe('enqueueing over HTTP', () => {
  let client: GatewayClient;

  beforeAll(async () => {
    const redis = await startRedis();
    const gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
    client = new GatewayClient(gateway.url);
  });

  const counts = async (queue: string) => (await client.get(`/api/v1/queues/${queue}`)).body;

  test('accepts one job and answers its id, its status and how durable it is', async () => {
    const { status, body } = await client.queue('one', 'jobs', { id: 'a', data: { to: 'you' } });
    expect([status, body]).toEqual([
      202,
      { jobs: [{ id: 'a', status: 'queued' }], durability: { class: 'memory', replicas: 0, confirmed: true } },
    ]);
  });

  test('makes an id where none is given', async () => {
    const { body } = await client.queue('made-ids', 'jobs', { jobs: [{ data: 1 }, { data: 2 }] });
    const ids = enqueueReceipt.parse(body).jobs.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  test('accepts many jobs and answers in their order', async () => {
    const jobs = [
      { id: 'x', data: null },
      { id: 'y', data: [1], delayMs: 60_000 },
      { id: 'x', data: 'again' },
    ];
    const { status, body } = await client.queue('many', 'jobs', { jobs });
    expect([status, body.jobs]).toEqual([
      202,
      [
        { id: 'x', status: 'queued' },
        { id: 'y', status: 'delayed' },
        { id: 'x', status: 'duplicate' },
      ],
    ]);
    expect(await counts('many')).toMatchObject({ ready: 1, delayed: 1 });
  });

  test('accepts one job a line, with blank lines and either line end', async () => {
    const lines = '{"id":"1","data":1}\r\n\n{"id":"2","data":"two"}\n   \n{"id":"3","data":{}}';
    const { status, body } = await client.queue('lines', 'jobs', lines, ndjson);
    expect([status, body.jobs.map(({ id }) => id)]).toEqual([202, ['1', '2', '3']]);
  });

  test('puts lines together however they are cut into pieces, in the middle of a character too', async () => {
    const bytes = Buffer.from('{"id":"ü","data":"é"}\n{"id":"z","data":"中"}\n');
    const status = await sendInPieces(
      `${client.url}/api/v1/queues/pieces/jobs`,
      [...bytes].map((byte) => Buffer.from([byte])),
    );
    expect(status).toBe(202);
    expect((await client.get(`/api/v1/queues/pieces/jobs/${encodeURIComponent('ü')}`)).body).toMatchObject({
      id: 'ü',
      data: 'é',
    });
  });

  test('keeps data as it came, a member named __proto__ too', async () => {
    const data = '{"__proto__":{"admin":true},"constructor":{"prototype":1},"text":"\\u0000\\ud800 ☃","n":-0.5e-7}';
    await client.queue('data', 'jobs', `{"id":"a","data":${data}}`);
    const { jobs } = (await client.queue('data', 'claim', {})).body;
    expect(jobs[0]?.data).toEqual(JSON.parse(data));
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  test.each([
    ['array', 'application/json', (jobs: object[]) => JSON.stringify({ jobs })],
    ['lines', 'application/x-ndjson', (jobs: object[]) => jobs.map((job) => JSON.stringify(job)).join('\n')],
  ])('takes 50 000 jobs of 200 bytes as %s in one request', async (shape, type, print) => {
    const queue = `bulk-${shape}`;
    const jobs = Array.from({ length: 50_000 }, () => ({ data: 'x'.repeat(200) }));
    const { status, body } = await client.queue(queue, 'jobs', print(jobs), { headers: { 'content-type': type } });
    expect(body.jobs.every((job) => job.status === 'queued')).toBe(true);
    expect([status, body.jobs.length, (await counts(queue)).ready]).toEqual([202, 50_000, 50_000]);
  });
});

describe('enqueueing with Sentinel', () => {
  test('confirms once a replica has the jobs, says `unconfirmed` when none has, and takes the same ids again', async () => {
    const cluster = await startHighAvailability();
    const gateway = await startMoorline('gateway', {
      REDIS_URI: cluster.uri,
      MOORLINE_WAIT_REPLICAS_TIMEOUT_MS: '300',
    });
    const client = new GatewayClient(gateway.url);
    const jobs = [{ id: 'a', data: 1 }, { data: 2 }];

    const confirmed = await client.queue('safe', 'jobs', { id: 'first', data: 0 });
    expect(confirmed.body).toEqual({
      jobs: [{ id: 'first', status: 'queued' }],
      durability: { class: 'replicated', replicas: 1, confirmed: true },
    });

    for (const replica of cluster.nodes.slice(1)) replica.freeze();
    const unconfirmed = await client.queue('safe', 'jobs', { jobs });
    for (const replica of cluster.nodes.slice(1)) replica.thaw();
    expect(unconfirmed.status).toBe(503);
    expect(unconfirmed.body.error).toMatchObject({ code: 'unconfirmed', retryable: true });
    expect(unconfirmed.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(unconfirmed.body.jobs).toEqual([{ id: 'a' }, { id: expect.any(String) }]);

    const again = unconfirmed.body.jobs.map(({ id }) => ({ id, data: 3 }));
    const repeated = await client.queue('safe', 'jobs', { jobs: again });
    expect(repeated.status).toBe(202);
    expect((await client.get('/api/v1/queues/safe')).body.ready).toBe(3);
    expect((await client.get('/metrics')).text).toContain('moorline_enqueues_unconfirmed_total{queue="safe"} 1');
  });
});

/** One write for each piece, without a length known before. */
function sendInPieces(url: string, pieces: readonly Buffer[]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', ...ndjson }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.setNoDelay(true);
    for (const piece of pieces) sent.write(piece);
    sent.end();
  });
}
