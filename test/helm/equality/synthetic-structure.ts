import type { V1ConfigMap, V1PodDisruptionBudget, V1StatefulSet } from '@kubernetes/client-node';
import type * as engine from '../../../cdk8s/template/index.js';
import type { Engine, Helpers, Values } from './synthetic-helpers.js';

/** Conditions, choices and loops in fields, items and maps; files; an object under a condition. */
export function addStructure(
  t: Engine,
  v: Values,
  chart: engine.TemplateChart,
  { fullname, both, nodes, file, loose }: Helpers,
): void {
  const selector = { app: t.chart.name, release: `${t.release.name}` };
  new t.Manifest<V1StatefulSet>(chart, 'structure-statefulset', {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: `${fullname}-structure`,
      labels: {
        ...selector,
        tier: t.when(v.second.enabled, 'fixed'),
        ...t.spreadFields(t.mergeMaps(v.labels, v.moreLabels)),
      },
      annotations: { ...t.spreadFields(v.labels) },
    },
    spec: {
      serviceName: fullname,
      replicas: t.when(t.not(both), v.replicas),
      selector: { matchLabels: selector },
      template: {
        metadata: { annotations: { checksum: t.sha256(file), owner: t.when(v.second.enabled, v.text) } },
        spec: {
          nodeSelector: t.optional(v.nodeSelector),
          tolerations: t.optional(t.verbatim(v.tolerations)),
          terminationGracePeriodSeconds: v.large,
          hostNetwork: t.and(v.first.enabled, v.second.enabled),
          shareProcessNamespace: both,
          enableServiceLinks: false,
          hostname: t.when(t.isEmpty(v.features), 'featureless'),
          priorityClassName: t.optional(v.other),
          securityContext: {
            fsGroup: t.when(v.second.enabled, 999),
            supplementalGroups: [t.each(v.ports, (port) => port), t.when(t.gt(v.replicas, 2), 5)],
          },
          containers: [
            {
              name: 'main',
              image: `${v.text}:${t.orElse(v.other, t.chart.appVersion)}`,
              imagePullPolicy: v.mode,
              args: [v.word, '--mode', v.mode, t.when(v.first.enabled, v.answer, 'x'), t.spread(v.features)],
              env: [
                { name: 'NODES', value: nodes },
                { name: 'BOTH', value: `${both}` },
                t.when(v.first.value, { name: 'VALUE', value: v.first.value }),
                t.spread(v.extraEnv),
                t.spread(
                  t.when(
                    v.second.enabled,
                    [
                      { name: 'P', value: `${v.second.port}` },
                      { name: 'Q', value: 'q' },
                    ],
                    [],
                  ),
                ),
              ],
              resources: t.optional(t.verbatim(v.resources)),
              livenessProbe: t.when(
                v.second.enabled,
                { httpGet: { path: '/', port: v.second.port } },
                { exec: { command: ['true'] } },
              ),
            },
            t.when(v.second.enabled, { name: 'metrics', ports: [{ name: 'metrics', containerPort: v.second.port }] }),
            { name: t.when(v.first.enabled, 'first', 'second'), resources: t.verbatim(v.resources) },
          ],
          volumes: [t.when(t.not(v.first.enabled), { name: 'data', emptyDir: {} })],
          imagePullSecrets: [t.when(v.first.value, { name: t.when(v.second.enabled, v.word) })],
        },
      },
    },
  });
  new t.Manifest<V1ConfigMap>(chart, 'files-configmap', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${fullname}-files` },
    data: { 'file.conf': file, 'loose.conf': loose, later: t.when(v.first.enabled, file, 'none') },
  });
  const budget = new t.Manifest<V1PodDisruptionBudget>(chart, 'structure-pdb', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'budget' },
    spec: { minAvailable: v.budget, selector: { matchLabels: selector } },
  });
  t.includeWhen(
    budget,
    t.or(t.and(v.first.enabled, t.gt(v.replicas, 1)), t.eq(v.mode, 'Never'), v.second.enabled, v.endpoints),
  );
}
