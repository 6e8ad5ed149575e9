import type { V1ConfigMap, V1Service, V1ServiceAccount } from '@kubernetes/client-node';
import type * as engine from '../../../cdk8s/template/index.js';
import type { Engine, Helpers, Values } from './synthetic-helpers.js';

/** Objects made in loops, with loops and conditions inside. */
export function addLoops(t: Engine, v: Values, chart: engine.TemplateChart, { fullname }: Helpers): void {
  new t.Manifest<V1Service>(
    chart,
    'ordinal-services',
    t.includeEach(t.range(v.replicas), (ordinal) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: `${fullname}-node-${ordinal}`,
        labels: { ordinal: `${ordinal}`, next: `${t.add(ordinal, 1)}`, text: v.text },
      },
      spec: {
        publishNotReadyAddresses: t.when(t.gt(ordinal, 0), true),
        ports: [
          t.each(v.ports, (port, index) => ({ name: `p-${index}`, port, targetPort: t.add(port, ordinal) })),
          t.when(v.first.enabled, { port: v.second.port }),
        ],
        externalIPs: [t.each(v.users, (user) => t.when(v.first.enabled, user.name))],
      },
    })),
  );
  const accounts = new t.Manifest<V1ServiceAccount>(
    chart,
    'user-accounts',
    t.includeEach(
      v.users,
      (user, index) => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {
          name: `account-${index}`,
          annotations: { name: user.name, id: `${user.id}`, on: t.when(user.enabled, 'on') },
        },
        secrets: [t.each(user.groups, (group) => ({ name: `${user.name}/${group}` }), 'item')],
      }),
      'item',
    ),
  );
  t.includeWhen(accounts, v.first.enabled);
  new t.Manifest<V1ConfigMap>(chart, 'entries-configmap', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'entries',
      finalizers: [t.eachEntry(v.endpoints, (key, endpoint) => `${key}=${endpoint.host}:${endpoint.port}`)],
    },
    data: { ...t.spreadFields(v.nodeSelector) },
  });
}
