import type { V1Role, V1RoleBinding, V1Secret, V1ServiceAccount } from '@kubernetes/client-node';
import { includeWhen, Manifest, not, release, type TemplateChart } from '../template/index.js';
import { v } from './inputs.js';
import { metadataOf, names } from './names.js';
import { secretKeys } from './paths.js';

/**
 * Passwords are made once inside the cluster and never in a template, so that upgrade, rollback, `helm template`,
 * GitOps and `kubectl apply` all keep them: the release owns a Secret without data, an init container of the gateway
 * fills the keys that are missing, and every other pod waits for its keys.
 */
export const isGenerated = not(v.auth.existingSecret);

/** Keys are mounted one by one, so that a pod waits until the Secret has them all. */
const item = (key: string) => ({ key, path: key });
export const tokenItem = item(secretKeys.gatewayToken);
export const redisPasswordItem = item(secretKeys.redisPassword);
export const sentinelPasswordItem = item(secretKeys.sentinelPassword);

export function addSecrets(chart: TemplateChart): void {
  for (const manifest of [emptySecret, role, roleBinding]) includeWhen(manifest(chart), isGenerated);
}

export function addServiceAccounts(chart: TemplateChart): void {
  serviceAccount(chart, 'serviceaccount', names.serviceAccount);
  serviceAccount(chart, 'gateway-serviceaccount', names.gatewayServiceAccount);
}

const emptySecret = (chart: TemplateChart) =>
  new Manifest<V1Secret>(chart, 'auth-secret', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadataOf(names.generatedSecret),
    type: 'Opaque',
  });

/** The right to fill this one Secret. */
const role = (chart: TemplateChart) =>
  new Manifest<V1Role>(chart, 'auth-role', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadataOf(names.generatedSecret),
    rules: [
      { apiGroups: [''], resources: ['secrets'], resourceNames: [names.generatedSecret], verbs: ['get', 'patch'] },
    ],
  });

const roleBinding = (chart: TemplateChart) =>
  new Manifest<V1RoleBinding>(chart, 'auth-rolebinding', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: metadataOf(names.generatedSecret),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: names.generatedSecret },
    subjects: [{ kind: 'ServiceAccount', name: names.gatewayServiceAccount, namespace: release.namespace }],
  });

const serviceAccount = (chart: TemplateChart, id: string, name: string) =>
  new Manifest<V1ServiceAccount>(chart, id, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadataOf(name),
    automountServiceAccountToken: false,
  });
