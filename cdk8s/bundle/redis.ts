import type {
  V1ConfigMap,
  V1Container,
  V1EnvVar,
  V1StatefulSet,
  V1Volume,
  V1VolumeMount,
} from '@kubernetes/client-node';
import {
  ge,
  includeWhen,
  Manifest,
  not,
  sha256,
  spread,
  spreadFields,
  type TemplateChart,
  type Templated,
  verbatim,
  when,
} from '../template/index.js';
import { dataEnv, dataMounts, dataVolumes, sentinelEnv } from './data-pod.js';
import { addressServices, headlessService } from './data-services.js';
import { disruptionBudget } from './disruption-budget.js';
import { hasAgent, hasUsers, isExternalMode, isSentinelMode, v } from './inputs.js';
import { metadataOf, nameOf, names, podLabelsOf, ports, redisImage, redisReplicas, selectorOf } from './names.js';
import { paths, secretKeys } from './paths.js';
import { containerSecurity, execProbe, limitEnv, podSettings } from './pod.js';
import { redisConfig } from './redis-config.js';
import { spreadStrictly } from './placement.js';
import { resources } from './resources.js';
import { scriptsChecksum } from './scripts.js';
import { redisPasswords } from './secrets.js';
import { metadataWithVolumes, volumeClaim, volumeRetention } from './volumes.js';

const isBundled = not(isExternalMode);

/** The data nodes: role-neutral, told apart only by what Sentinel decides. */
export function addRedis(chart: TemplateChart): void {
  includeWhen(config(chart), isBundled);
  includeWhen(headlessService(chart, 'redis'), isBundled);
  includeWhen(addressServices(chart, 'redis', redisReplicas), isBundled);
  includeWhen(statefulSet(chart), isBundled);
  includeWhen(disruptionBudget(chart, 'redis'), isBundled);
}

const config = (chart: TemplateChart) =>
  new Manifest<V1ConfigMap>(chart, 'redis-configmap', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(names.redisConfig, 'redis'),
    data: { 'redis.conf': redisConfig },
  });

const statefulSet = (chart: TemplateChart) =>
  new Manifest<V1StatefulSet>(chart, 'redis-statefulset', {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadataWithVolumes('redis'),
    spec: {
      serviceName: nameOf('redis'),
      replicas: redisReplicas,
      // Ordered start would wait for a pod that waits for the others.
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selectorOf('redis') },
      template: {
        metadata: {
          labels: podLabelsOf('redis', v.redis),
          annotations: {
            'checksum/config': sha256(redisConfig),
            'checksum/scripts': scriptsChecksum,
            ...spreadFields(v.redis.podAnnotations),
          },
        },
        spec: {
          ...podSettings(v.redis, v.redis.terminationGracePeriodSeconds),
          serviceAccountName: names.serviceAccount,
          topologySpreadConstraints: spreadStrictly('redis', v.redis, redisReplicas),
          containers: [container],
          volumes: [
            ...dataVolumes(names.redisConfig, redisPasswords),
            // Optional: a record that is gone keeps no pod from starting.
            when<V1Volume>(hasAgent, { name: 'topology', configMap: { name: names.topology, optional: true } }),
          ],
        },
      },
      persistentVolumeClaimRetentionPolicy: volumeRetention(v.redis.persistence),
      volumeClaimTemplates: [volumeClaim(v.redis.persistence)],
    },
  });

const passwordOf = (user: string, key: string) =>
  when<V1EnvVar>(hasUsers, { name: `${user}_PASSWORD_FILE`, value: `${paths.secrets}/${key}` });

const container: Templated<V1Container> = {
  name: 'redis',
  image: redisImage,
  imagePullPolicy: v.redis.image.pullPolicy,
  command: ['sh', `${paths.scripts}/redis-start.sh`],
  ports: [{ name: 'redis', containerPort: ports.redis }],
  env: [
    ...dataEnv,
    ...sentinelEnv.map((env) => when<V1EnvVar>(isSentinelMode, env)),
    when<V1EnvVar>(hasAgent, { name: 'TOPOLOGY_DIR', value: paths.topology }),
    passwordOf('APP', secretKeys.appPassword),
    passwordOf('REPLICATION', secretKeys.replicationPassword),
    passwordOf('EXPORTER', secretKeys.exporterPassword),
    limitEnv('MEMORY_LIMIT_BYTES', 'limits.memory', '1'),
    { name: 'MAXMEMORY_PERCENT', value: `${v.redis.maxmemoryPercent}` },
    when<V1EnvVar>(ge(v.redis.bootstrap.forcePrimary, 0), {
      name: 'FORCE_PRIMARY',
      value: `${v.redis.bootstrap.forcePrimary}`,
    }),
    spread(verbatim<V1EnvVar[]>(v.redis.extraEnv)),
  ],
  lifecycle: { preStop: { exec: { command: ['sh', `${paths.scripts}/redis-stop.sh`] } } },
  // Loading a large append-only file may take many minutes.
  startupProbe: execProbe(`${paths.scripts}/redis-live.sh`, { periodSeconds: 2, failureThreshold: 900 }),
  livenessProbe: execProbe(`${paths.scripts}/redis-live.sh`, { periodSeconds: 10, failureThreshold: 6 }),
  readinessProbe: execProbe(`${paths.scripts}/redis-ready.sh`, { periodSeconds: 5, failureThreshold: 2 }),
  resources: resources.redis,
  securityContext: containerSecurity,
  volumeMounts: [
    ...dataMounts,
    when<V1VolumeMount>(hasAgent, { name: 'topology', mountPath: paths.topology, readOnly: true }),
  ],
};
