import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { claimAll } from './support/claim-all.js';
import type { Call } from './support/gateway-caller.js';
import { TestRelease } from './support/release.js';
import { eventually } from './support/tools.js';

const redisTags = (process.env['REDIS_TAGS'] ?? '8.0,7.0').split(',');

describe.each(redisTags)('a release with Redis %s', (tag) => {
  const release = new TestRelease();
  const settings = [`redis.image.tag=${tag}`, 'redis.persistence.size=1Gi'];

  beforeAll(async () => {
    await release.createNamespace();
    await release.install(...settings);
  });
  afterAll(() => release.deleteNamespace());

  test('puts a job through', async () => {
    await release.helm('test', release.name, '--timeout', '2m');
  });

  test('moves the primary under load and loses nothing, where helm test is told to', async () => {
    const before = await release.primary();
    await release.upgrade(...settings, 'helmTest.failover=true');
    await release.helm('test', release.name, '--timeout', '5m');
    expect(await release.primary()).not.toBe(before);
  });

  test('runs jobs that come in through the Service', async () => {
    const ids = Array.from({ length: 200 }, (_, n) => `job-${n}`);
    await release.gateway(async (request) => {
      const reply = await request('POST', '/api/v1/queues/moorline-check/jobs', {
        jobs: ids.map((id) => ({ id, data: { id } })),
      });
      expect(reply).toMatchObject({ status: 202, body: { durability: { class: 'replicated', confirmed: true } } });
      for (const id of ids) await eventually(`job ${id} done`, 60_000, () => jobState(request, id, 'done'));
    });
  });

  test('tells every process who it is', async () => {
    for (const pod of [...(await release.pods('gateway')), ...(await release.pods('worker'))]) {
      const uid = await release.kubectl('get', pod, '-o', 'jsonpath={.metadata.uid}');
      const serverId = await release.exec(pod, 'node', '-p', 'process.env.SERVER_ID');
      expect(serverId.trim()).toBe(uid);
    }
  });

  test('has one primary, two replicas, and three Sentinels that agree', async () => {
    const primary = await release.primary();
    expect(await release.redis(primary, 'INFO', 'replication')).toContain('connected_slaves:2');
    const answers = await Promise.all((await release.pods('sentinel')).map((pod) => primaryAddress(release, pod)));
    expect(answers).toHaveLength(3);
    expect(new Set(answers).size).toBe(1);
  });

  test('loses no acknowledged job when the pod of the primary is deleted, and works again', async () => {
    await release.gateway(async (request) => {
      const primary = await release.primary();
      const uid = await release.uid(primary);
      const acknowledged = await enqueueDuring(request, 'kept', async () => {
        await release.kubectl('delete', primary, '--wait=true', '--timeout=90s');
        await eventually('another pod in its place', 90_000, async () =>
          (await release.uid(primary)) === uid ? undefined : true,
        );
        await eventually('a primary again', 120_000, () => release.primary());
      });
      expect(acknowledged.length).toBeGreaterThan(0);
      const kept = await claimAll(request, 'kept');
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    });
  });

  test('keeps its passwords over an upgrade', async () => {
    const before = await release.kubectl('get', 'secret', 'moorline-auth', '-o', 'jsonpath={.data}');
    await release.upgrade(`redis.image.tag=${tag}`, 'redis.persistence.size=1Gi', 'gateway.logLevel=debug');
    expect(await release.kubectl('get', 'secret', 'moorline-auth', '-o', 'jsonpath={.data}')).toBe(before);
    expect(Object.keys(JSON.parse(before) as object).sort()).toEqual([
      'gateway-token',
      'redis-password',
      'sentinel-password',
    ]);
  });

  test('leaves nothing but the volumes', async () => {
    await release.helm('uninstall', release.name, '--wait', '--timeout', '3m');
    await eventually('an empty namespace', 120_000, async () => {
      const left = await release.kubectl(
        'get',
        'all,configmaps,secrets,serviceaccounts,roles,rolebindings,poddisruptionbudgets',
        '-o',
        'name',
      );
      const ours = left.split('\n').filter((line) => line.includes('moorline'));
      return ours.length === 0 ? true : undefined;
    });
    const claims = await release.kubectl('get', 'persistentvolumeclaims', '-o', 'name');
    expect(claims.trim().split('\n')).toHaveLength(6);
  });
});

/** Enqueues one job after another until `event` is over and one more was accepted; answers the acknowledged ids. */
async function enqueueDuring(request: Call, queue: string, event: () => Promise<void>): Promise<string[]> {
  const state = { isOver: false };
  const over = event().finally(() => {
    state.isOver = true;
  });
  const acknowledged: string[] = [];
  const enqueueOne = async (): Promise<boolean> => {
    const id = `${queue}-${acknowledged.length}`;
    // The same id again after an error: no duplicate.
    const reply = await request('POST', `/api/v1/queues/${queue}/jobs`, { id, data: id }).catch(() => undefined);
    if (reply?.status === 202) acknowledged.push(id);
    return reply?.status === 202;
  };
  while (!state.isOver) await enqueueOne();
  await over;
  await eventually('a job after it', 60_000, async () => ((await enqueueOne()) ? true : undefined));
  return acknowledged;
}

async function jobState(request: Call, id: string, state: string): Promise<true | undefined> {
  const { body } = await request('GET', `/api/v1/queues/moorline-check/jobs/${id}`);
  return body['state'] === state ? true : undefined;
}

const primaryAddress = (release: TestRelease, pod: string): Promise<string> =>
  release.exec(
    pod,
    'sh',
    '-c',
    'REDISCLI_AUTH=$(cat "$SENTINEL_PASSWORD_FILE") exec redis-cli -p 26379 SENTINEL GET-MASTER-ADDR-BY-NAME "$PRIMARY_NAME"',
  );
