import type { V1Container, V1Pod, V1Role, V1RoleBinding, V1ServiceAccount } from '@kubernetes/client-node';
import type { Construct } from 'constructs';
import { environmentNames } from '../../app/config/index.js';
import {
  each,
  gt,
  includeWhen,
  Manifest,
  optional,
  or,
  range,
  release,
  TemplateChart,
  when,
  type Context,
  type Templated,
} from '../template/index.js';
import { appImageFields } from './app-pod.js';
import { hasDrill, v } from './inputs.js';
import { gatewayUrl, metadataOf, nameOf, names, podName, redisReplicas } from './names.js';
import { paths, secretKeys, secretMode } from './paths.js';
import { containerSecurity, podSecurity } from './pod.js';
import { appPresets } from './resources.js';
import { gatewayAuthority } from './tls-files.js';
import { tokenMount, tokenVolume } from './token.js';

/** What `helm test` runs; it exists in the chart alone. */
export class HelmTest extends TemplateChart {
  constructor(scope: Construct, id: string, context: Context) {
    super(scope, id, context);
    new Manifest<V1Pod>(this, 'job', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: hookOf(nameOf('test')),
      spec: { ...podFields(names.serviceAccount), containers: [job], volumes: [gatewayToken, gatewayAuthority.volume] },
    });
    for (const manifest of [drillAccount, drillRole, drillRoleBinding, drillPod]) includeWhen(manifest(this), hasDrill);
  }
}

const drillName = `${nameOf('test')}-drill`;

/** The lower the weight, the earlier; what is there for others goes before them, and all go when all is well. */
const hookOf = (name: string, weight = '0') => ({
  ...metadataOf(name, 'test'),
  annotations: {
    'helm.sh/hook': 'test',
    'helm.sh/hook-weight': weight,
    'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
  },
});

const podFields = (serviceAccountName: string) => ({
  restartPolicy: 'Never',
  serviceAccountName,
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  imagePullSecrets: optional(v.imagePullSecrets),
  securityContext: podSecurity,
});

const secretsName = 'secrets';
const gatewayToken = {
  name: secretsName,
  secret: {
    secretName: names.secret,
    defaultMode: secretMode,
    items: [{ key: secretKeys.gatewayToken, path: secretKeys.gatewayToken }],
  },
};

const containerFields = {
  ...appImageFields,
  env: [
    { name: environmentNames.MOORLINE_URL, value: gatewayUrl },
    gatewayAuthority.env,
    { name: environmentNames.MOORLINE_TOKEN_FILE, value: `${paths.secrets}/${secretKeys.gatewayToken}` },
  ],
  resources: appPresets.small,
  securityContext: containerSecurity,
};
const gatewayMounts = [{ name: secretsName, mountPath: paths.secrets, readOnly: true }, gatewayAuthority.mount];

/** Puts a job through; where no worker runs, it goes as far as the queue. */
const job: Templated<V1Container> = {
  name: 'job',
  ...containerFields,
  args: [
    'enqueue',
    'moorline-check',
    '{"from":"helm test"}',
    when(or(v.worker.autoscaling.enabled, gt(v.worker.replicas, 0)), '--wait'),
    '--timeout-ms=60000',
  ],
  volumeMounts: gatewayMounts,
};

/** Moves the primary under load. */
const drill: Templated<V1Container> = {
  name: 'drill',
  ...containerFields,
  args: [
    'drill',
    `--namespace=${release.namespace}`,
    `--stateful-set=${nameOf('redis')}`,
    `--nodes=${v.redis.replicas}`,
  ],
  volumeMounts: [...gatewayMounts, tokenMount],
};

const drillPod = (chart: TemplateChart) =>
  new Manifest<V1Pod>(chart, 'drill', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: hookOf(drillName, '1'),
    spec: {
      ...podFields(drillName),
      containers: [drill],
      volumes: [gatewayToken, gatewayAuthority.volume, tokenVolume],
    },
  });

const drillAccount = (chart: TemplateChart) =>
  new Manifest<V1ServiceAccount>(chart, 'drill-serviceaccount', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: hookOf(drillName, '-1'),
    automountServiceAccountToken: false,
  });

const drillRole = (chart: TemplateChart) =>
  new Manifest<V1Role>(chart, 'drill-role', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: hookOf(drillName, '-1'),
    rules: [
      {
        apiGroups: [''],
        resources: ['pods'],
        resourceNames: [each(range(redisReplicas), (ordinal) => podName('redis', ordinal))],
        verbs: ['get', 'delete'],
      },
    ],
  });

const drillRoleBinding = (chart: TemplateChart) =>
  new Manifest<V1RoleBinding>(chart, 'drill-rolebinding', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: hookOf(drillName, '-1'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: drillName },
    subjects: [{ kind: 'ServiceAccount', name: drillName, namespace: release.namespace }],
  });
