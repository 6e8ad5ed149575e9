import type { V1Role, V1RoleBinding, V1ServiceAccount } from '@kubernetes/client-node';
import { each, includeWhen, Manifest, range, release, when, type TemplateChart } from '../template/index.js';
import { hasAgent, hasGeneratedCertificates } from './inputs.js';
import { metadataOf, nameOf, names, podName, redisReplicas, tlsSecrets } from './names.js';

/** What the agent may do in Kubernetes: as little as there is a way to say. */
export function addAgentAccess(chart: TemplateChart): void {
  for (const manifest of [serviceAccount, role, roleBinding]) includeWhen(manifest(chart), hasAgent);
}

const serviceAccount = (chart: TemplateChart) =>
  new Manifest<V1ServiceAccount>(chart, 'agent-serviceaccount', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadataOf(names.agentServiceAccount, 'agent'),
    automountServiceAccountToken: false,
  });

const role = (chart: TemplateChart) =>
  new Manifest<V1Role>(chart, 'agent-role', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadataOf(nameOf('agent'), 'agent'),
    rules: [
      {
        apiGroups: [''],
        resources: ['pods'],
        resourceNames: [each(range(redisReplicas), (ordinal) => podName('redis', ordinal))],
        verbs: ['get', 'patch'],
      },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: [names.topology], verbs: ['get', 'patch'] },
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: [names.agentLease],
        verbs: ['get', 'patch'],
      },
      // It renews certificates.
      when(hasGeneratedCertificates, {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: [tlsSecrets.authority, tlsSecrets.redis, tlsSecrets.gateway],
        verbs: ['get', 'patch'],
      }),
      // An object that does not exist yet has no name to narrow this to.
      { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
    ],
  });

const roleBinding = (chart: TemplateChart) =>
  new Manifest<V1RoleBinding>(chart, 'agent-rolebinding', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: metadataOf(nameOf('agent'), 'agent'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: nameOf('agent') },
    subjects: [{ kind: 'ServiceAccount', name: names.agentServiceAccount, namespace: release.namespace }],
  });
