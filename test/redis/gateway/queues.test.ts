import { beforeAll, describe, expect, test } from '@jest/globals';
import { deadAudit, deadGroups, deadPage } from '../../../app/gateway/schemas/dead.js';
import { jobView, queueCounts, queueList, settingsView } from '../../../app/gateway/schemas/queue.js';
import { GatewayClient } from '../support/gateway-client.js';
import { startMoorline } from '../support/moorline-process.js';
import { startRedis } from '../support/redis-server.js';

describe('queues over HTTP', () => {
  let client: GatewayClient;

  beforeAll(async () => {
    const redis = await startRedis();
    const gateway = await startMoorline('gateway', { REDIS_URI: `redis://${redis.address}` });
    client = new GatewayClient(gateway.url);
  });

  const get = async (path: string) => (await client.get(`/api/v1/queues/${path}`)).body;

  const bury = async (queue: string, id: string, message: string) => {
    await client.queue(queue, 'jobs', { id, data: { of: id } });
    const [job] = (await client.queue(queue, 'claim', { waitMs: 30_000 })).body.jobs;
    await client.queue(queue, 'settle', { failed: [{ id, fence: job?.fence, error: { message }, retry: false }] });
  };

  test('counts of a queue that nobody has used are zero', async () => {
    const body = await get('unused');
    queueCounts.parse(body);
    expect(body).toMatchObject({ queue: 'unused', ready: 0, delayed: 0, leased: 0, dead: 0, paused: false });
  });

  test('lists queues by name, in pages', async () => {
    for (const queue of ['b', 'a', 'c']) await client.queue(`list-${queue}`, 'jobs', { data: 1 });
    const first = (await client.get('/api/v1/queues?limit=2&cursor=list-')).body;
    queueList.parse(first);
    expect(first.queues.map(({ queue }) => queue)).toEqual(['list-a', 'list-b']);
    const second = (await client.get(`/api/v1/queues?limit=2&cursor=${first.cursor ?? ''}`)).body;
    expect(second.queues.map(({ queue }) => queue)[0]).toBe('list-c');
  });

  test('a key is paused and resumed, and its jobs say so', async () => {
    await client.queue('keys', 'jobs', { id: 'a', data: 1, key: 'tenant 7/ü' });
    const key = `keys/${encodeURIComponent('tenant 7/ü')}`;
    expect((await client.queue('keys', `${key}/pause`, {})).body).toEqual({
      queue: 'keys',
      key: 'tenant 7/ü',
      paused: true,
    });
    const view = await get('keys/jobs/a');
    jobView.parse(view);
    expect(view).toMatchObject({ state: 'ready', because: { reason: 'key_paused' } });
    expect((await client.queue('keys', 'claim', {})).body.jobs).toEqual([]);
    await client.queue('keys', `${key}/resume`, {});
    expect((await client.queue('keys', 'claim', {})).body.jobs).toMatchObject([{ id: 'a', key: 'tenant 7/ü' }]);
  });

  test('a draining queue answers 409 to new jobs, and can be emptied', async () => {
    const dedupe = { key: 'x', mode: 'simple' };
    await client.queue('drain', 'jobs', { id: 'a', data: 1, dedupe });
    expect((await client.queue('drain', 'jobs', { id: 'b', data: 1, dedupe })).body.jobs).toEqual([
      { id: 'b', status: 'duplicate', of: 'a' },
    ]);
    await client.queue('drain', 'drain', {});
    const refused = await client.queue('drain', 'jobs', { id: 'c', data: 1 });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'queue_paused', retryable: true } } });
    expect(await get('drain')).toMatchObject({ draining: true, ready: 1 });
    expect((await client.queue('drain', 'empty', {})).body).toEqual({ removed: 1 });
    await client.queue('drain', 'resume', {});
    expect(await get('drain')).toMatchObject({ draining: false, ready: 0 });
  });

  test('a paused queue hands out nothing until it resumes', async () => {
    await client.queue('paused', 'jobs', { data: 1 });
    expect((await client.queue('paused', 'pause')).body).toEqual({ queue: 'paused', paused: true });
    expect(await get('paused')).toMatchObject({ paused: true, ready: 1 });
    expect((await client.queue('paused', 'claim', {})).body.jobs).toEqual([]);
    expect((await client.queue('paused', 'resume', {})).body).toEqual({ queue: 'paused', paused: false });
    expect((await client.queue('paused', 'claim', {})).body.jobs).toHaveLength(1);
  });

  test('settings are kept as a whole, and every change is counted', async () => {
    const put = (body: unknown) => client.call('/api/v1/queues/set/settings', { method: 'PUT', body });
    expect(await get('set/settings')).toEqual({ revision: 0, settings: {} });
    expect((await put({ concurrency: 5, backoff: { kind: 'fixed', delayMs: 100 } })).body).toMatchObject({
      revision: 1,
    });
    const { body } = await put({ ratePerSecond: 0.5 });
    settingsView.parse(body);
    expect(await get('set/settings')).toEqual({ revision: 2, settings: { ratePerSecond: 0.5 } });
    expect((await put({ concurrency: 0 })).status).toBe(400);
    expect((await put({ speed: 9 })).status).toBe(400);
    expect(await get('set/settings')).toMatchObject({ revision: 2 });
  });

  test('says of a job where it is and why', async () => {
    const jobs = [
      { id: 'first', data: 1 },
      { id: 'second', data: { a: [2] } },
      { id: 'later', data: 3, delayMs: 3_600_000 },
    ];
    await client.queue('where', 'jobs', { jobs });
    expect(await get('where/jobs/second')).toMatchObject({
      queue: 'where',
      state: 'ready',
      ahead: 1,
      data: { a: [2] },
    });
    await client.queue('where', 'claim', { worker: 'w-9' });
    expect(await get('where/jobs/first')).toMatchObject({ state: 'leased', worker: 'w-9' });
    expect(await get('where/jobs/later')).toMatchObject({ state: 'delayed' });
    await bury('where', 'second', 'broken');
    expect(await get('where/jobs/second')).toMatchObject({
      state: 'dead',
      errors: [{ message: 'broken', attempt: 1 }],
    });
    for (const id of ['first', 'second', 'later']) jobView.parse(await get(`where/jobs/${id}`));
  });

  test('a job may have any id that a path can carry', async () => {
    const id = 'a/b?c=d&e #%☃ "{}';
    await client.queue('ids', 'jobs', { id, data: 1 });
    expect(await get(`ids/jobs/${encodeURIComponent(id)}`)).toMatchObject({ id, state: 'ready' });
    const longest = '☃'.repeat(200);
    await client.queue('ids', 'jobs', { id: longest, data: 1 });
    expect(await get(`ids/jobs/${encodeURIComponent(longest)}`)).toMatchObject({ id: longest });
  });

  test('dead letters are shown in pages, and by what they died of', async () => {
    for (const [id, message] of [
      ['a', 'code 1'],
      ['b', 'code 2'],
      ['c', 'other'],
    ] as const)
      await bury('dead', id, message);
    const first = await get('dead/dead?limit=2');
    deadPage.parse(first);
    expect(first.jobs).toMatchObject([{ id: 'a', data: { of: 'a' }, errors: [{ message: 'code 1' }] }, { id: 'b' }]);
    const second = await get(`dead/dead?limit=2&cursor=${first.cursor ?? ''}`);
    expect(second.jobs.map(({ id }) => id)).toEqual(['c']);
    const alike = await get(`dead/dead?cursor=&limit=&fingerprint=${first.jobs[0]?.fingerprint ?? ''}`);
    expect(alike.jobs.map(({ id }) => id)).toEqual(['a', 'b']);
    expect((await get('dead/dead?reason=crashed')).jobs).toEqual([]);
    const { groups } = deadGroups.parse(await get('dead/dead/groups'));
    expect(groups).toMatchObject([{ count: 2, sample: { id: 'b', error: { message: 'code 2' } } }, { count: 1 }]);
  });

  test('dead letters are replayed and purged by id, by fingerprint or all', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await bury('again', id, id === 'd' ? 'special' : 'common');
    const act = async (what: string, body: object) => (await client.queue('again', `dead/${what}`, body)).body;
    const { jobs } = await get('again/dead');
    const special = jobs.find(({ id }) => id === 'd')?.fingerprint;

    expect(await act('replay', { all: true, dryRun: true })).toEqual({ matched: 4, replayed: 0 });
    expect(await act('replay', { ids: ['a', 'unknown'] })).toEqual({ matched: 1, replayed: 1 });
    expect(await act('purge', { fingerprint: special })).toEqual({ matched: 1, purged: 1 });
    expect(await act('purge', { all: true, limit: 1 })).toEqual({ matched: 1, purged: 1 });
    expect(await act('replay', { all: true, ratePerSecond: 100 })).toEqual({ matched: 1, replayed: 1 });
    expect(await get('again')).toMatchObject({ dead: 0 });
    const { entries } = deadAudit.parse(await get('again/dead/audit?limit=2'));
    expect(entries).toMatchObject([
      { action: 'replay', by: 'anonymous at 127.0.0.1', selection: { all: true, ratePerSecond: 100 }, changed: 1 },
      { action: 'purge', selection: { all: true, limit: 1 }, matched: 1, changed: 1 },
    ]);
  });
});
