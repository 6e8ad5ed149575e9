import type {
  V1Deployment,
  V1Service,
  V1StatefulSet,
  V1TopologySpreadConstraint,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { describe, expect, test } from '@jest/globals';
import { parseValues, renderManifests, type KubernetesObject } from '../../../cdk8s/render.js';

const release = { name: 'moorline', namespace: 'messaging' };

interface Kinds {
  readonly Deployment: V1Deployment;
  readonly HorizontalPodAutoscaler: V2HorizontalPodAutoscaler;
  readonly Service: V1Service;
  readonly StatefulSet: V1StatefulSet;
}

function render<Kind extends keyof Kinds>(values: object, kind: Kind, name: string): Kinds[Kind] {
  const isWanted = (object: KubernetesObject): object is Kinds[Kind] & KubernetesObject =>
    object.kind === kind && object.metadata.name === `moorline-${name}`;
  const found = renderManifests(parseValues(values), release).find(isWanted);
  if (found === undefined) throw new Error(`no ${kind} moorline-${name}`);
  return found;
}

describe('the spread of pods', () => {
  const constraints = (component: string, values: object): V1TopologySpreadConstraint[] => {
    const kind = ['redis', 'sentinel'].includes(component) ? 'StatefulSet' : 'Deployment';
    return render(values, kind, component).spec?.template.spec?.topologySpreadConstraints ?? [];
  };
  const rules = (component: string, spread: object) =>
    constraints(component, { [component]: { spread } }).map(({ topologyKey, whenUnsatisfiable, minDomains }) => [
      topologyKey.replace(/.*\//, ''),
      whenUnsatisfiable,
      minDomains,
    ]);

  test.each([
    ['redis', {}, 'DoNotSchedule', undefined, 'ScheduleAnyway'],
    ['redis', { nodes: 'apart' }, 'DoNotSchedule', 3, 'ScheduleAnyway'],
    ['redis', { nodes: 'soft', zones: 'even' }, 'ScheduleAnyway', undefined, 'DoNotSchedule'],
    ['sentinel', { nodes: 'apart', zones: 'even' }, 'DoNotSchedule', 3, 'DoNotSchedule'],
    ['gateway', {}, 'ScheduleAnyway', undefined, 'ScheduleAnyway'],
    ['worker', { nodes: 'even', zones: 'even' }, 'DoNotSchedule', undefined, 'DoNotSchedule'],
  ])('of %s under %j', (component, spread, overNodes, minDomains, overZones) => {
    expect(rules(component, spread)).toEqual([
      ['hostname', overNodes, minDomains],
      ['zone', overZones, undefined],
    ]);
  });

  test('counts the pods of its own component alone', () => {
    for (const component of ['redis', 'sentinel', 'gateway', 'worker'])
      for (const { labelSelector } of constraints(component, {}))
        expect(labelSelector?.matchLabels).toMatchObject({ 'app.kubernetes.io/component': component });
  });
});

describe('the grace of a worker', () => {
  const graceOf = (worker: object) => {
    const pod = render({ worker }, 'Deployment', 'worker').spec?.template.spec;
    const ms = pod?.containers[0]?.env?.find(({ name }) => name === 'MOORLINE_SHUTDOWN_GRACE_MS')?.value;
    return { kubelet: pod?.terminationGracePeriodSeconds, process: Number(ms) / 1000 };
  };

  test.each([
    ['lets a job end that has just begun', { jobTimeoutMs: 90_000 }, { kubelet: 106, process: 96 }],
    ['is an hour at most', { jobTimeoutMs: 86_400_000 }, { kubelet: 3610, process: 3600 }],
    ['is what the values say', { jobTimeoutMs: 90_000, shutdownGraceSeconds: 20 }, { kubelet: 30, process: 20 }],
  ])('%s', (_says, worker, grace) => {
    expect(graceOf(worker)).toEqual(grace);
  });
});

describe('an autoscaler of the workers', () => {
  const autoscaling = { enabled: true, minReplicas: 3, maxReplicas: 9, metric: { labels: { queue: 'mail' } } };

  test('owns the number of workers alone', () => {
    const values = { worker: { replicas: 5, autoscaling } };
    expect(render(values, 'Deployment', 'worker').spec).not.toHaveProperty('replicas');
    expect(render(values, 'HorizontalPodAutoscaler', 'worker').spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'moorline-worker' },
      minReplicas: 3,
      maxReplicas: 9,
      metrics: [
        {
          external: {
            metric: {
              name: 'moorline_queue_oldest_ready_seconds',
              selector: { matchLabels: { queue: 'mail' } },
            },
            target: { type: 'Value', value: '30' },
          },
        },
      ],
    });
  });

  test('is not there by default', () => {
    expect(render({}, 'Deployment', 'worker').spec?.replicas).toBe(2);
    expect(() => render({}, 'HorizontalPodAutoscaler', 'worker')).toThrow('no HorizontalPodAutoscaler');
  });
});

describe('on a cluster with two address families', () => {
  const values = { ipFamily: 'IPv6', ipFamilyPolicy: 'PreferDualStack' };
  const familiesOf = (name: string) => {
    const { spec } = render(values, 'Service', name);
    return { ipFamilyPolicy: spec?.ipFamilyPolicy, ipFamilies: spec?.ipFamilies };
  };

  test('an announced node has one address', () => {
    for (const name of ['redis', 'redis-0', 'sentinel', 'sentinel-0'])
      expect(familiesOf(name)).toEqual({ ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] });
  });

  test('the gateway is reached by both, and listens to both', () => {
    expect(familiesOf('gateway')).toEqual({ ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6'] });
    const pod = render(values, 'Deployment', 'gateway').spec?.template.spec;
    expect(pod?.containers[0]?.env).toContainEqual({ name: 'MOORLINE_HOST', value: '::' });
  });
});

test('volumes stay unless the values say otherwise', () => {
  const policy = (values: object) => render(values, 'StatefulSet', 'redis').spec?.persistentVolumeClaimRetentionPolicy;
  expect(policy({})).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
  expect(policy({ redis: { persistence: { whenScaled: 'Delete' } } })).toEqual({
    whenDeleted: 'Retain',
    whenScaled: 'Delete',
  });
});
