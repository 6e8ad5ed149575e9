import type { V1ConfigMap, V1Container, V1StatefulSet } from '@kubernetes/client-node';
import {
  add,
  div,
  includeWhen,
  Manifest,
  orElse,
  sha256,
  spreadFields,
  type TemplateChart,
  type Templated,
} from '../template/index.js';
import { dataEnv, dataMounts, dataVolumes, sentinelEnv } from './data-pod.js';
import { addressServices, headlessService } from './data-services.js';
import { disruptionBudget } from './disruption-budget.js';
import { isSentinelMode, v } from './inputs.js';
import { metadataOf, nameOf, names, podLabelsOf, ports, redisImage, selectorOf } from './names.js';
import { paths } from './paths.js';
import { containerSecurity, execProbe, podSettings } from './pod.js';
import { spreadStrictly } from './placement.js';
import { resources } from './resources.js';
import { scriptsChecksum } from './scripts.js';
import { sentinelPasswords } from './secrets.js';
import { sentinelConfig } from './sentinel-config.js';
import { metadataWithVolumes, volumeClaim, volumeRetention } from './volumes.js';

const graceSeconds = 30;

/** Pods of their own: a Sentinel beside a primary would be lost exactly when it is needed. */
export function addSentinel(chart: TemplateChart): void {
  const manifests = [
    config(chart),
    headlessService(chart, 'sentinel'),
    addressServices(chart, 'sentinel', v.sentinel.replicas),
    statefulSet(chart),
    disruptionBudget(chart, 'sentinel'),
  ];
  for (const manifest of manifests) includeWhen(manifest, isSentinelMode);
}

const config = (chart: TemplateChart) =>
  new Manifest<V1ConfigMap>(chart, 'sentinel-configmap', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(names.sentinelConfig, 'sentinel'),
    data: { 'sentinel.conf': sentinelConfig },
  });

const statefulSet = (chart: TemplateChart) =>
  new Manifest<V1StatefulSet>(chart, 'sentinel-statefulset', {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadataWithVolumes('sentinel'),
    spec: {
      serviceName: nameOf('sentinel'),
      replicas: v.sentinel.replicas,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selectorOf('sentinel') },
      template: {
        metadata: {
          labels: podLabelsOf('sentinel', v.sentinel),
          annotations: {
            'checksum/config': sha256(sentinelConfig),
            'checksum/scripts': scriptsChecksum,
            ...spreadFields(v.sentinel.podAnnotations),
          },
        },
        spec: {
          ...podSettings(v.sentinel, graceSeconds),
          serviceAccountName: names.serviceAccount,
          topologySpreadConstraints: spreadStrictly('sentinel', v.sentinel, v.sentinel.replicas),
          containers: [container],
          volumes: dataVolumes(names.sentinelConfig, sentinelPasswords),
        },
      },
      persistentVolumeClaimRetentionPolicy: volumeRetention(v.sentinel.persistence),
      volumeClaimTemplates: [volumeClaim(v.sentinel.persistence)],
    },
  });

const majority = add(div(v.sentinel.replicas, 2), 1);

const container: Templated<V1Container> = {
  name: 'sentinel',
  image: redisImage,
  imagePullPolicy: v.redis.image.pullPolicy,
  command: ['sh', `${paths.scripts}/sentinel-start.sh`],
  ports: [{ name: 'sentinel', containerPort: ports.sentinel }],
  env: [
    ...dataEnv,
    ...sentinelEnv,
    { name: 'SENTINEL_QUORUM', value: `${orElse(v.sentinel.quorum, majority)}` },
    { name: 'SENTINEL_DOWN_AFTER_MS', value: `${v.sentinel.downAfterMs}` },
    { name: 'SENTINEL_FAILOVER_TIMEOUT_MS', value: `${v.sentinel.failoverTimeoutMs}` },
    { name: 'SENTINEL_PARALLEL_SYNCS', value: `${v.sentinel.parallelSyncs}` },
  ],
  startupProbe: execProbe(`${paths.scripts}/sentinel-live.sh`, { periodSeconds: 2, failureThreshold: 30 }),
  livenessProbe: execProbe(`${paths.scripts}/sentinel-live.sh`, { periodSeconds: 10, failureThreshold: 6 }),
  lifecycle: { preStop: { exec: { command: ['sh', `${paths.scripts}/sentinel-stop.sh`] } } },
  readinessProbe: execProbe(`${paths.scripts}/sentinel-ready.sh`, { periodSeconds: 5, failureThreshold: 2 }),
  resources: resources.sentinel,
  securityContext: containerSecurity,
  volumeMounts: dataMounts,
};
