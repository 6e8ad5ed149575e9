import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestRelease } from './support/release.js';
import { apply, kubectl } from './support/tools.js';

interface Claim {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } };
}

describe('the volumes of a release', () => {
  const release = new TestRelease();
  const storageClass = `${release.namespace}-growing`;
  const settings = [
    'gateway.replicas=1',
    'worker.replicas=1',
    'redis.persistence.size=1Gi',
    `redis.persistence.storageClass=${storageClass}`,
  ];
  const growing = [...settings.slice(0, 2), 'redis.persistence.size=2Gi', ...settings.slice(3)];
  const selector = `app.kubernetes.io/instance=${release.name},app.kubernetes.io/component=redis`;

  const revision = async () => {
    const history = JSON.parse(await release.helm('history', release.name, '--output', 'json')) as object[];
    return history.length;
  };
  const claims = async () => {
    const text = await release.kubectl('get', 'pvc', '-l', selector, '-o', 'json');
    return (JSON.parse(text) as { items: readonly Claim[] }).items;
  };
  const uids = async () => Promise.all((await release.pods('redis')).map((pod) => release.uid(pod)));

  beforeAll(async () => {
    await release.createNamespace();
    await apply(release.namespace, await growingStorageClass(storageClass));
    await release.install(...settings);
  });
  afterAll(async () => {
    await release.deleteNamespace();
    await kubectl('delete', 'storageclass', storageClass, '--ignore-not-found');
  });

  test.each([
    ['a size', growing, 'redis.persistence.size is 2Gi, but release moorline has volumes of 1Gi'],
    ['a class', [...settings, 'redis.persistence.storageClass=other'], 'has volumes of class'],
    ['a name', [...settings, 'nameOverride=other'], 'was installed under another one'],
    ['a prefix of names', [...settings, 'fullnameOverride=other'], 'was installed under another one'],
    ['an address family', [...settings, 'ipFamily=IPv6'], 'have addresses of the other family'],
  ])('an upgrade that would change %s is refused before anything is applied', async (_what, changed, says) => {
    await expect(release.upgrade(...changed)).rejects.toThrow(says);
    expect(await revision()).toBe(1);
  });

  test('grow in the way that docs/operations.md describes, without a restart', async () => {
    const before = await uids();
    const patch = '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}';
    for (const { metadata } of await claims()) await release.kubectl('patch', 'pvc', metadata.name, '-p', patch);
    await release.kubectl('delete', 'statefulset', 'moorline-redis', '--cascade=orphan');
    await release.upgrade(...growing);

    expect((await claims()).map(({ spec }) => spec.resources.requests.storage)).toEqual(['2Gi', '2Gi', '2Gi']);
    expect(await uids()).toEqual(before);
    await release.kubectl('rollout', 'status', 'statefulset/moorline-redis', '--timeout=60s');
    await release.helm('test', release.name, '--timeout', '2m');
  });
});

/** What the default class provisions, and may grow. */
async function growingStorageClass(name: string): Promise<object> {
  const { items } = JSON.parse(await kubectl('get', 'storageclass', '-o', 'json')) as {
    items: readonly {
      readonly metadata: { readonly annotations?: Record<string, string> };
      readonly provisioner: string;
    }[];
  };
  const mark = 'storageclass.kubernetes.io/is-default-class';
  const provisioner = items.find(({ metadata }) => metadata.annotations?.[mark] === 'true')?.provisioner;
  if (provisioner === undefined) throw new Error('the cluster was expected to have a default StorageClass');
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner,
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  };
}
