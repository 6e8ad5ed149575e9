import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import type { Call } from './support/gateway-caller.js';
import { randomNamespace, TestRelease } from './support/release.js';
import { eventually } from './support/tools.js';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../../', import.meta.url));

describe('plain manifests of cdk8s synth', () => {
  const release = new TestRelease();
  let directory = '';
  const apply = () => release.kubectl('apply', '--recursive', '-f', join(directory, 'dist'));

  beforeAll(async () => {
    await release.createNamespace();
    directory = await mkdtemp(join(tmpdir(), 'moorline-synth-'));
    const values = join(directory, 'values.yaml');
    await writeFile(
      values,
      stringify({ image: release.image, mode: 'standalone', gateway: { replicas: 1 }, worker: { replicas: 1 } }),
    );
    await run('npx', ['--no-install', 'cdk8s', 'synth', '--check-upgrade=false', '--output', join(directory, 'dist')], {
      cwd: repository,
      env: { ...process.env, VALUES: values, RELEASE: release.name, NAMESPACE: release.namespace },
    });
    await apply();
    await release.kubectl('rollout', 'status', 'deployment/moorline-gateway', '--timeout=180s');
  });
  afterAll(async () => {
    await release.deleteNamespace();
    await rm(directory, { recursive: true });
  });

  test('run jobs in standalone mode', () => release.gateway(runOneJob));

  test('keep the passwords when they are applied again', async () => {
    const passwords = () => release.kubectl('get', 'secret', 'moorline-auth', '-o', 'jsonpath={.data}');
    const before = await passwords();
    await apply();
    expect(await passwords()).toBe(before);
    expect(before).toContain('redis-password');
  });
});

describe('two releases in one namespace', () => {
  const namespace = randomNamespace();
  const own = new TestRelease('own', namespace);
  const guest = new TestRelease('guest', namespace);
  const small = ['gateway.replicas=1', 'worker.replicas=1', 'redis.persistence.size=1Gi'];

  beforeAll(async () => {
    await own.createNamespace();
    await own.install(...small);
  });
  afterAll(() => own.deleteNamespace());

  test('the second may use the Redis of the first, as an external one', async () => {
    const sentinels = [0, 1, 2].map((n) => `own-moorline-sentinel-${n}.${namespace}:26379`).join('\\,');
    await guest.install(
      ...small,
      'mode=external',
      `external.uri=redis+sentinel://${sentinels}/${namespace}-own-moorline`,
      'external.existingSecret=own-moorline-auth',
      'external.sentinelPasswordKey=sentinel-password',
      'gateway.podLabels.moorline-client=own-moorline',
      'worker.podLabels.moorline-client=own-moorline',
    );
    await guest.gateway(runOneJob);
  });

  test('each has a token and pods of its own', async () => {
    expect(await own.token()).not.toBe(await guest.token());
    expect(await guest.pods('redis')).toEqual([]);
    expect(await own.pods('redis')).toHaveLength(3);
  });

  test('the first goes on when the second leaves', async () => {
    await guest.helm('uninstall', guest.name, '--wait');
    await own.gateway(runOneJob);
  });
});

async function runOneJob(request: Call): Promise<void> {
  const reply = await eventually('a job accepted', 60_000, async () => {
    const answer = await request('POST', '/api/v1/queues/moorline-check/jobs', { data: {} });
    return answer.status === 202 ? answer : undefined;
  });
  const [{ id }] = reply.body['jobs'] as [{ id: string }];
  await eventually('the job done', 60_000, async () => {
    const { body } = await request('GET', `/api/v1/queues/moorline-check/jobs/${id}`);
    return body['state'] === 'done' ? true : undefined;
  });
}
