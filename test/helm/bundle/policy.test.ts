import type { V1Container, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import { describe, expect, test } from '@jest/globals';
import { type KubernetesObject } from '../../../cdk8s/render.js';
import { examples, renderExample } from '../../support/examples.js';

interface Workload extends KubernetesObject {
  readonly spec: { readonly template: V1PodTemplateSpec; readonly replicas: number };
}

describe.each(examples)('the objects of examples/values/%s', (example) => {
  const objects = renderExample(example);
  const workloads = objects.filter((object): object is Workload => ['Deployment', 'StatefulSet'].includes(object.kind));
  const containers = workloads.flatMap(({ metadata, spec }) => {
    const pod = podOf(spec.template);
    return [...(pod.initContainers ?? []), ...pod.containers].map((container) => ({
      of: `${metadata.name}/${container.name}`,
      container,
    }));
  });

  test('there are workloads to look at', () => {
    expect(workloads.length).toBeGreaterThanOrEqual(2);
  });

  test.each(workloads.map((workload) => [workload.metadata.name, podOf(workload.spec.template)] as const))(
    'pods of %s satisfy Pod Security "restricted" and mount no token by default',
    (_name, pod) => {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(pod.securityContext?.runAsUser).toBeGreaterThan(10000);
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.enableServiceLinks).toBe(false);
      expect([pod.hostNetwork, pod.hostPID, pod.hostIPC]).toEqual([undefined, undefined, undefined]);
      expect((pod.volumes ?? []).flatMap((volume) => Object.keys(volume))).not.toContain('hostPath');
    },
  );

  test.each(containers.map(({ of, container }) => [of, container] as const))(
    'container %s is locked down, sized and pinned',
    (_of, container) => {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(Object.keys(container.resources?.requests ?? {})).toEqual(expect.arrayContaining(['cpu', 'memory']));
      expect(Object.keys(container.resources?.limits ?? {})).toContain('memory');
      expect(container.image).toMatch(/:[A-Za-z0-9_][A-Za-z0-9_.-]*$/);
      expect(container.image).not.toMatch(/:latest$/);
    },
  );

  test.each(
    workloads
      .flatMap(({ spec }) => podOf(spec.template).containers)
      .map((container) => [container.name, container] as const),
  )(
    'container %s has all probes, on ports that it declares, and readiness differs from liveness',
    (_name, container) => {
      const { startupProbe, livenessProbe, readinessProbe } = container;
      for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
        expect(probe).toBeDefined();
        if (probe?.httpGet !== undefined) expect(portNames(container)).toContain(probe.httpGet.port);
      }
      expect(readinessProbe?.exec ?? readinessProbe?.httpGet).not.toEqual(
        livenessProbe?.exec ?? livenessProbe?.httpGet,
      );
    },
  );

  test.each(containers.map(({ of, container }) => [of, container] as const))(
    'container %s has no secret in its environment or arguments',
    (_of, container) => {
      const env = container.env ?? [];
      expect(env.filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined)).toEqual([]);
      for (const { name } of env.filter(({ name }) => /PASSWORD|TOKEN/.test(name))) expect(name).toMatch(/_FILE$/);
      expect(new Set(env.map(({ name }) => name)).size).toBe(env.length);
    },
  );

  test('every workload has a disruption budget that lets a drain go on', () => {
    const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget') as (KubernetesObject & {
      spec: { maxUnavailable: number; unhealthyPodEvictionPolicy: string; selector: unknown };
    })[];
    expect(budgets).toHaveLength(workloads.length);
    for (const { spec } of budgets)
      expect(spec).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
  });

  test('every object has the recommended labels, its namespace and a name of its own', () => {
    for (const { metadata } of objects) {
      expect(metadata.namespace).toBe('messaging');
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/name': 'moorline',
        'app.kubernetes.io/instance': 'policy',
        'app.kubernetes.io/managed-by': 'Helm',
      });
      expect(metadata.name.length).toBeLessThanOrEqual(52);
    }
    const keys = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('everything that a pod refers to is part of the bundle or of the values', () => {
    const known = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    const outside = [
      'ConfigMap/kube-root-ca.crt',
      'Secret/moorline-passwords',
      'Secret/team-redis',
      'Secret/live-keys',
    ];
    for (const { spec } of workloads) {
      for (const reference of references(podOf(spec.template))) expect([...known, ...outside]).toContain(reference);
    }
  });
});

function podOf(template: V1PodTemplateSpec): V1PodSpec {
  if (template.spec === undefined) throw new Error('a pod template without spec');
  return template.spec;
}

function portNames(container: V1Container): (string | undefined)[] {
  return (container.ports ?? []).map(({ name }) => name);
}

function references(pod: V1PodSpec): string[] {
  return [
    `ServiceAccount/${pod.serviceAccountName ?? 'default'}`,
    ...(pod.volumes ?? []).flatMap(({ secret, configMap, projected }) => [
      ...(secret?.secretName === undefined ? [] : [`Secret/${secret.secretName}`]),
      ...(configMap?.name === undefined ? [] : [`ConfigMap/${configMap.name}`]),
      ...(projected?.sources ?? []).flatMap((source) =>
        source.configMap?.name === undefined ? [] : [`ConfigMap/${source.configMap.name}`],
      ),
    ]),
  ];
}
