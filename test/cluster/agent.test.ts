import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestRelease } from './support/release.js';
import { eventually } from './support/tools.js';

const release = new TestRelease();
const patienceMs = 120_000;

beforeAll(async () => {
  await release.createNamespace();
  await release.install('redis.persistence.size=1Gi', 'gateway.replicas=1', 'worker.replicas=1');
});
afterAll(() => release.deleteNamespace());

const get = async (...args: string[]): Promise<string> => (await release.kubectl('get', ...args)).trim();
const withRole = async (role: string): Promise<string[]> =>
  (await get('pods', '-l', `moorline.dev/role=${role}`, '-o', 'name')).split('\n').filter((line) => line !== '');
const recorded = (): Promise<string> => get('configmap', 'moorline-topology', '-o', 'jsonpath={.data.primary}');
const holder = async (): Promise<string> =>
  (await get('lease', 'moorline-agent', '-o', 'jsonpath={.spec.holderIdentity}')).split('_')[0] ?? '';

/** The pods that a Service leads to. */
async function behind(service: string): Promise<string[]> {
  const names = '{range .items[*].endpoints[?(@.conditions.ready==true)]}{.targetRef.name}{"\\n"}{end}';
  const list = await get('endpointslices', '-l', `kubernetes.io/service-name=${service}`, '-o', `jsonpath=${names}`);
  return list
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

/** The primary by its own word, once labels, Services and record all say so. */
async function settledPrimary(): Promise<string> {
  return eventually('labels, Services and record agree', patienceMs, async () => {
    const primary = await release.primary();
    const name = primary.replace('pod/', '');
    const replicas = (await release.pods('redis')).filter((pod) => pod !== primary);
    const labelled = [await withRole('primary'), (await withRole('replica')).sort()];
    const served = [await behind('moorline-redis-primary'), await behind('moorline-redis-replicas')];
    const agree =
      JSON.stringify(labelled) === JSON.stringify([[primary], replicas.sort()]) &&
      JSON.stringify(served) === JSON.stringify([[name], replicas.map((pod) => pod.replace('pod/', ''))]) &&
      (await recorded()) === name;
    return agree ? primary : undefined;
  });
}

test('labels, both Services and the record tell who is primary', async () => {
  expect(await settledPrimary()).toBe('pod/moorline-redis-0');
});

test('a client without Sentinel writes through the primary Service, and reads through the other one', async () => {
  const pod = await settledPrimary();
  const through = (service: string, ...command: string[]) =>
    release.redis(pod, '-h', service, ...command).then((text) => text.trim());
  expect(await through('moorline-redis-primary', 'SET', 'plain', 'client')).toBe('OK');
  await eventually('a replica has it', 30_000, async () =>
    (await through('moorline-redis-replicas', 'GET', 'plain')) === 'client' ? true : undefined,
  );
});

test('they follow when the pod of the primary is deleted, and Events tell of it', async () => {
  const before = await settledPrimary();
  await release.kubectl('delete', before, '--wait=true', '--timeout=90s');
  const after = await settledPrimary();
  expect(after).not.toBe(before);
  const events = await get('events', '--field-selector', `involvedObject.name=${after.replace('pod/', '')}`);
  expect(events).toContain('BecamePrimary');
});

test('an agent that is stopped gives the Lease back, one that is killed loses it, and the other one acts', async () => {
  for (const options of [[], ['--grace-period=0', '--force']]) {
    const first = await eventually('an agent that acts', patienceMs, async () => (await holder()) || undefined);
    await release.kubectl('delete', 'pod', first, '--wait=false', ...options);
    await eventually('another agent acts', patienceMs, async () => {
      const next = await holder();
      return next !== '' && next !== first ? true : undefined;
    });
  }
  const primary = await settledPrimary();
  // What somebody takes away is put back.
  await release.kubectl('label', primary, 'moorline.dev/role-');
  await settledPrimary();
});

test('an upgrade leaves labels, record and Lease as they are', async () => {
  await settledPrimary();
  const before = await get('configmap', 'moorline-topology', '-o', 'jsonpath={.data}');
  const transitions = await get('lease', 'moorline-agent', '-o', 'jsonpath={.spec.leaseTransitions}');
  await release.upgrade(
    'redis.persistence.size=1Gi',
    'gateway.replicas=1',
    'worker.replicas=1',
    'gateway.logLevel=debug',
  );
  expect(await get('configmap', 'moorline-topology', '-o', 'jsonpath={.data}')).toBe(before);
  expect(await get('lease', 'moorline-agent', '-o', 'jsonpath={.spec.leaseTransitions}')).toBe(transitions);
  await settledPrimary();
});

test('the ServiceAccount of the agent may do what it needs, and nothing beside it', async () => {
  const account = `system:serviceaccount:${release.namespace}:moorline-agent`;
  const may = (...args: string[]) =>
    release
      .kubectl('auth', 'can-i', ...args, '--as', account)
      .then((text) => text.trim())
      .catch(() => 'no');
  expect(await may('patch', 'pod/moorline-redis-0')).toBe('yes');
  for (const right of [
    ['patch', 'pod/moorline-gateway-0'],
    ['delete', 'pod/moorline-redis-0'],
    ['list', 'pods'],
    ['get', 'secret/moorline-auth'],
    ['patch', 'configmap/moorline-redis'],
    ['create', 'leases'],
  ]) {
    expect([right, await may(...right)]).toEqual([right, 'no']);
  }
});

test('nothing of it is left when the release is gone', async () => {
  await release.helm('uninstall', release.name, '--wait', '--timeout', '3m');
  await eventually('no Lease and no record', patienceMs, async () =>
    /moorline/.test(await get('leases,configmaps,roles,serviceaccounts', '-o', 'name')) ? undefined : true,
  );
});
