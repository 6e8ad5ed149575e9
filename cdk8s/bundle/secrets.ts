import type {
  V1KeyToPath,
  V1ProjectedVolumeSource,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import {
  and,
  helper,
  includeWhen,
  Manifest,
  not,
  or,
  partial,
  release,
  ternary,
  when,
  type ListItem,
  type TemplateChart,
  type Templated,
} from '../template/index.js';
import { hasGeneratedCertificates, hasUsers, isExternalMode, isRedisTls, isSentinelMode, v } from './inputs.js';
import { metadataOf, names, tlsSecrets } from './names.js';
import { secretKeys, secretMode } from './paths.js';

/**
 * Passwords are made once inside the cluster and never in a template, so that upgrade, rollback, `helm template`,
 * GitOps and `kubectl apply` all keep them: the release owns a Secret without data, an init container of the gateway
 * fills the keys that are missing, and every other pod waits for its keys. Certificates are made in the same way.
 */
export const hasGeneratedPasswords = not(v.auth.existingSecret);
/** Is there anything to fill? */
export const isFilled = helper('moorline.isFilled', or(hasGeneratedPasswords, hasGeneratedCertificates));

/** Keys are mounted one by one, so that a pod waits until the Secret has them all. */
const item = (key: string): Templated<V1KeyToPath> => ({ key, path: key });
export const tokenItem = item(secretKeys.gatewayToken);

/** The password that the application logs in to Redis with. */
export const appPasswordKey = helper(
  'moorline.appPasswordKey',
  ternary(hasUsers, secretKeys.appPassword, secretKeys.redisPassword),
);

/** The passwords of gateway and worker. */
export const appPasswordItems: ListItem<V1KeyToPath>[] = [
  when<V1KeyToPath>(not(isExternalMode), { key: appPasswordKey, path: appPasswordKey }),
  when<V1KeyToPath>(isSentinelMode, item(secretKeys.sentinelPassword)),
];

/** The passwords of those who look after Redis and Sentinel. */
export const adminPasswordItems = [item(secretKeys.redisPassword), item(secretKeys.sentinelPassword)];

const userPasswords = [secretKeys.appPassword, secretKeys.replicationPassword, secretKeys.exporterPassword];

/** While a password is replaced servers take two: the next one as well, then the previous one. */
const passwords = (name: string, itemsOf: (suffix: string) => ListItem<V1KeyToPath>[]) =>
  partial<V1ProjectedVolumeSource>(name, {
    defaultMode: secretMode,
    sources: [
      { secret: { name: names.secret, items: itemsOf('') } },
      { secret: { name: names.secret, optional: true, items: [...itemsOf('-next'), ...itemsOf('-previous')] } },
    ],
  });

/** The passwords that Redis knows. */
export const redisPasswords = passwords('moorline.redis.passwords', (suffix) => [
  item(secretKeys.redisPassword + suffix),
  ...userPasswords.map((key) => when<V1KeyToPath>(hasUsers, item(key + suffix))),
  when<V1KeyToPath>(isSentinelMode, item(secretKeys.sentinelPassword + suffix)),
]);

/** The passwords that Sentinel knows. */
export const sentinelPasswords = passwords('moorline.sentinel.passwords', (suffix) => [
  item(secretKeys.redisPassword + suffix),
  item(secretKeys.sentinelPassword + suffix),
]);

export function addSecrets(chart: TemplateChart): void {
  includeWhen(emptySecret(chart), hasGeneratedPasswords);
  for (const manifest of [role, roleBinding]) includeWhen(manifest(chart), isFilled);
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

/** The right to fill these Secrets and no other. */
const role = (chart: TemplateChart) =>
  new Manifest<V1Role>(chart, 'auth-role', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadataOf(names.generatedSecret),
    rules: [
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: [
          when(hasGeneratedPasswords, names.generatedSecret),
          when(hasGeneratedCertificates, tlsSecrets.authority),
          when(hasGeneratedCertificates, tlsSecrets.gateway),
          when(and(isRedisTls, hasGeneratedCertificates), tlsSecrets.redis),
        ],
        verbs: ['get', 'patch'],
      },
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
