import type { V1PolicyRule } from '@kubernetes/client-node';
import { describe, expect, test } from '@jest/globals';
import { type KubernetesObject, parseValues, renderManifests } from '../../../cdk8s/render.js';

interface Rendered extends KubernetesObject {
  readonly spec?: {
    readonly selector?: unknown;
    readonly template?: {
      readonly metadata: { readonly labels: Record<string, string>; readonly annotations: Record<string, string> };
    };
  };
  readonly data?: Readonly<Record<string, string>>;
}

const render = (values: unknown, name = 'one'): Rendered[] =>
  renderManifests(parseValues(values), { name, namespace: 'shared' });
const find = (objects: Rendered[], kind: string, name: string): Rendered => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined)
    throw new Error(`no ${kind} ${name} among ${objects.map((object) => object.metadata.name).join(', ')}`);
  return found;
};

describe('two releases in one namespace', () => {
  const one = render({}, 'one');
  const two = render({}, 'two');

  test('share no name of an object', () => {
    const keys = [...one, ...two].map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('select only their own pods', () => {
    for (const object of one) {
      const selector = object.spec?.selector;
      if (selector === undefined) continue;
      const labels =
        (selector as { matchLabels?: Record<string, string> }).matchLabels ?? (selector as Record<string, string>);
      expect(labels).toMatchObject({ 'app.kubernetes.io/name': 'moorline', 'app.kubernetes.io/instance': 'one' });
      expect(Object.keys(labels)).toContain('app.kubernetes.io/component');
    }
  });

  test('have primaries of different names, so that their Sentinels never merge', () => {
    expect(text(one)).toContain('shared-one-moorline');
    expect(text(two)).not.toContain('shared-one-moorline');
  });

  test('stay apart when their names are long and begin alike', () => {
    const long = 'a-release-with-a-name-of-fifty-three-characters-in-a';
    const objects = (name: string) => render({}, name);
    const [left, right] = [objects(`${long}l`), objects(`${long}r`)];
    const taken = new Set(right.map(({ metadata }) => metadata.name));
    expect(left.filter(({ metadata }) => taken.has(metadata.name))).toEqual([]);
    for (const { kind, metadata } of [...left, ...right]) {
      // A StatefulSet's name is part of a label of its pods, with a hash behind it; a Service's has to be a DNS label.
      expect(metadata.name.length).toBeLessThanOrEqual(kind === 'StatefulSet' ? 52 : 63);
    }
  });
});

describe('names', () => {
  test.each([
    ['moorline', {}, 'moorline-gateway'],
    ['team', {}, 'team-moorline-gateway'],
    ['team', { nameOverride: 'jobs' }, 'team-jobs-gateway'],
    ['jobs', { nameOverride: 'jobs' }, 'jobs-gateway'],
    ['team', { fullnameOverride: 'mine' }, 'mine-gateway'],
  ])('a release %s with %j has a Service %s', (name, values, service) => {
    expect(find(render(values, name), 'Service', service)).toBeDefined();
  });
});

describe('a change of configuration rolls the pods that read it, and no others', () => {
  const checksums = (values: unknown) =>
    Object.fromEntries(
      render(values)
        .filter(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind))
        .map(({ metadata, spec }) => [metadata.name, JSON.stringify(spec?.template?.metadata)]),
    );
  const before = checksums({});

  test.each([
    ['redis.extraConfig', { redis: { extraConfig: ['maxclients 500'] } }, 'one-moorline-redis'],
    ['sentinel.extraConfig', { sentinel: { extraConfig: ['loglevel verbose'] } }, 'one-moorline-sentinel'],
    ['worker.handlers.source', { worker: { handlers: { source: 'export default {}' } } }, 'one-moorline-worker'],
  ])('%s', (_what, values, rolled) => {
    const after = checksums(values);
    expect(Object.keys(before).filter((name) => before[name] !== after[name])).toEqual([rolled]);
  });
});

describe('modes', () => {
  const components = (values: unknown) => [
    ...new Set(
      render(values)
        .filter(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind))
        .flatMap(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] ?? []),
    ),
  ];

  test('sentinel has all five components', () => {
    expect(components({}).sort()).toEqual(['agent', 'gateway', 'redis', 'sentinel', 'worker']);
  });

  test('without the agent nothing of it is left', () => {
    const objects = render({ agent: { enabled: false } });
    expect(components({ agent: { enabled: false } }).sort()).toEqual(['gateway', 'redis', 'sentinel', 'worker']);
    expect(objects.filter(({ kind, metadata }) => /agent|topology/.test(metadata.name) || kind === 'Lease')).toEqual(
      [],
    );
    expect(text(objects)).not.toContain('/etc/moorline/topology');
  });

  test('standalone has one Redis and no Sentinel', () => {
    const objects = render({ mode: 'standalone' });
    expect(components({ mode: 'standalone' }).sort()).toEqual(['gateway', 'redis', 'worker']);
    expect(objects.filter(({ metadata }) => /-redis-\d$/.test(metadata.name))).toHaveLength(1);
    expect(text(objects)).toContain('redis://one-moorline-redis-0.shared.svc.cluster.local:6379');
  });

  test('external has neither, and the passwords come from the Secret that the user names', () => {
    const values = { mode: 'external', external: { uri: 'redis://db:6379', existingSecret: 'db' } };
    expect(components(values).sort()).toEqual(['gateway', 'worker']);
    expect(text(render(values))).toContain('/etc/moorline/external-secrets/redis-password');
  });

  test('an existing Secret means no right to change one', () => {
    const objects = render({ auth: { existingSecret: 'ours' } });
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    expect(text(objects.filter(({ kind }) => kind === 'Role'))).not.toContain('secrets');
    expect(text([find(objects, 'Deployment', 'one-moorline-gateway')])).not.toContain('serviceAccountToken');
  });

  test('an existing Secret needs no more than the three keys, unless it is said to have those of the users', () => {
    const mounted = (auth: object) => text(render({ auth: { existingSecret: 'ours', ...auth } }));
    expect(mounted({})).not.toContain('redis-app-password');
    expect(mounted({ acl: { inExistingSecret: true } })).toContain('redis-app-password');
  });

  test('the agent alone has a token for good, and rights on nothing but named objects and new Events', () => {
    const objects = render({ redis: { replicas: 5 } }) as (Rendered & { rules?: V1PolicyRule[] })[];
    const holders = objects.filter(
      ({ kind, spec }) => kind === 'Deployment' && text([{ spec }]).includes('serviceAccountToken'),
    );
    expect(holders.map(({ metadata }) => metadata.name)).toEqual(['one-moorline-gateway', 'one-moorline-agent']);
    const { rules = [] } = objects.find(({ kind, metadata }) => kind === 'Role' && /agent$/.test(metadata.name)) ?? {};
    const rights = rules.map(({ resources = [], resourceNames = ['any'], verbs }) => [
      resources.join(),
      resourceNames.join(),
      verbs.join(),
    ]);
    expect(rights).toEqual([
      ['pods', [0, 1, 2, 3, 4].map((ordinal) => `one-moorline-redis-${ordinal}`).join(), 'get,patch'],
      ['configmaps', 'one-moorline-topology', 'get,patch'],
      ['leases', 'one-moorline-agent', 'get,patch'],
      ['events', 'any', 'create'],
    ]);
  });

  test('no manifest carries the label of a role, which the agent gives to pods', () => {
    const carriers = render({}).filter(({ spec }) =>
      text([{ template: spec?.template }]).includes('moorline.dev/role'),
    );
    expect(carriers).toEqual([]);
    const { spec } = find(render({}), 'Service', 'one-moorline-redis-primary');
    expect(spec?.selector).toMatchObject({ 'app.kubernetes.io/component': 'redis', 'moorline.dev/role': 'primary' });
  });
});

test('every pod of Redis and Sentinel has a Service of its own, which does not wait for readiness', () => {
  const objects = render({ redis: { replicas: 5 } });
  const services = objects.filter(
    ({ kind, metadata }) => kind === 'Service' && /-(redis|sentinel)-\d$/.test(metadata.name),
  );
  expect(services.map(({ metadata }) => metadata.name)).toHaveLength(8);
  for (const { spec } of services) expect(spec).toMatchObject({ publishNotReadyAddresses: true });
});

const text = (objects: readonly object[]) => JSON.stringify(objects);
