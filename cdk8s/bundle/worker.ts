import type {
  V1ConfigMap,
  V1Container,
  V1Deployment,
  V1EnvVar,
  V1Volume,
  V1VolumeMount,
} from '@kubernetes/client-node';
import { environmentNames } from '../../app/config/index.js';
import {
  add,
  div,
  includeWhen,
  type ListItem,
  Manifest,
  min,
  mul,
  not,
  or,
  sha256,
  spread,
  spreadFields,
  type TemplateChart,
  type Templated,
  toJson,
  verbatim,
  when,
} from '../template/index.js';
import { appEnv, appImageFields, appPorts, appProbes, externalMount, externalVolume, secretsMount } from './app-pod.js';
import { disruptionBudget } from './disruption-budget.js';
import { isExternalMode, v } from './inputs.js';
import { metadataOf, nameOf, names, podLabelsOf, selectorOf } from './names.js';
import { paths, secretMode } from './paths.js';
import { containerSecurity, graceSeconds, podSettings } from './pod.js';
import { spreadSoftly } from './placement.js';
import { resources } from './resources.js';
import { appPasswordItems } from './secrets.js';
import { clientTls } from './tls-files.js';

const { handlers } = v.worker;

/** A job that has just begun may end. The last seconds of the grace are for handing back those that do not. */
const jobSeconds = min(add(div(v.worker.jobTimeoutMs, 1000), 6), 3600);
const given = v.worker.shutdownGraceSeconds;
const podGraceSeconds = when<number>(given, graceSeconds(given), graceSeconds(jobSeconds));
const shutdownGraceMs = when<string>(given, `${mul(given, 1000)}`, `${mul(jobSeconds, 1000)}`);

const handlersFile = 'handlers.mjs';

/** The processes that claim jobs and run handlers. */
export function addWorker(chart: TemplateChart): void {
  includeWhen(handlersConfig(chart), handlers.source);
  deployment(chart);
  disruptionBudget(chart, 'worker');
}

/** Handlers given as text in the values. */
const handlersConfig = (chart: TemplateChart) =>
  new Manifest<V1ConfigMap>(chart, 'worker-handlers-configmap', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(names.handlers, 'worker'),
    data: { [handlersFile]: handlers.source },
  });

const deployment = (chart: TemplateChart) =>
  new Manifest<V1Deployment>(chart, 'worker-deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(nameOf('worker'), 'worker'),
    spec: {
      replicas: when(not(v.worker.autoscaling.enabled), v.worker.replicas),
      selector: { matchLabels: selectorOf('worker') },
      template: {
        metadata: {
          labels: podLabelsOf('worker', v.worker),
          annotations: {
            'checksum/handlers': sha256(handlers.source),
            ...spreadFields(v.worker.podAnnotations),
          },
        },
        spec: {
          ...podSettings(v.worker, podGraceSeconds),
          serviceAccountName: names.serviceAccount,
          topologySpreadConstraints: spreadSoftly('worker', v.worker),
          containers: [container],
          volumes,
        },
      },
    },
  });

const container: Templated<V1Container> = {
  name: 'worker',
  ...appImageFields,
  args: ['worker'],
  ports: appPorts,
  env: [
    ...appEnv(v.worker.logLevel, shutdownGraceMs),
    when(or(handlers.source, handlers.module), {
      name: environmentNames.MOORLINE_WORKER_HANDLERS,
      value: when(handlers.source, `${paths.handlers}/${handlersFile}`, handlers.module),
    }),
    when(v.worker.push, { name: environmentNames.MOORLINE_WORKER_PUSH, value: toJson(v.worker.push) }),
    { name: environmentNames.MOORLINE_WORKER_CONCURRENCY, value: `${v.worker.concurrency}` },
    { name: environmentNames.MOORLINE_WORKER_LEASE_MS, value: `${v.worker.leaseMs}` },
    { name: environmentNames.MOORLINE_WORKER_JOB_TIMEOUT_MS, value: `${v.worker.jobTimeoutMs}` },
    spread(verbatim<V1EnvVar[]>(v.worker.extraEnv)),
  ],
  ...appProbes.worker,
  resources: resources.worker,
  securityContext: containerSecurity,
  volumeMounts: [
    when(not(isExternalMode), secretsMount),
    clientTls.mount,
    externalMount,
    when(handlers.source, { name: 'handlers', mountPath: paths.handlers, readOnly: true }),
    spread(verbatim<V1VolumeMount[]>(v.worker.extraVolumeMounts)),
  ],
};

const volumes: ListItem<V1Volume>[] = [
  when(not(isExternalMode), {
    name: 'secrets',
    secret: {
      secretName: names.secret,
      defaultMode: secretMode,
      items: appPasswordItems,
    },
  }),
  clientTls.volume,
  externalVolume,
  when(handlers.source, { name: 'handlers', configMap: { name: names.handlers } }),
  spread(verbatim<V1Volume[]>(v.worker.extraVolumes)),
];
