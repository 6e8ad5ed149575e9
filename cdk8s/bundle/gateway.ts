import type { V1Container, V1Deployment, V1EnvVar, V1Service, V1Volume } from '@kubernetes/client-node';
import { environmentNames } from '../../app/config/index.js';
import {
  add,
  Manifest,
  mul,
  optional,
  orElse,
  partial,
  spread,
  spreadFields,
  type TemplateChart,
  type Templated,
  ternary,
  verbatim,
  when,
} from '../template/index.js';
import { appEnv, appImageFields, appPorts, appProbes, externalMount, externalVolume, secretsMount } from './app-pod.js';
import { disruptionBudget } from './disruption-budget.js';
import { fillingContainers } from './fill-secrets.js';
import { v } from './inputs.js';
import { liveMessaging } from './live.js';
import { metadataOf, nameOf, names, podLabelsOf, selectorOf } from './names.js';
import { paths, secretKeys, secretMode, tokensKey } from './paths.js';
import { containerSecurity, graceSeconds, podSettings } from './pod.js';
import { spreadSoftly } from './placement.js';
import { resources } from './resources.js';
import { appPasswordItems, hasGeneratedPasswords, isFilled, tokenItem } from './secrets.js';
import { clientTls, gatewayTls } from './tls-files.js';
import { tokenVolume } from './token.js';

/** The HTTP edge; it also fills the release's Secret. */
export function addGateway(chart: TemplateChart): void {
  service(chart);
  deployment(chart);
  disruptionBudget(chart, 'gateway');
}

const service = (chart: TemplateChart) =>
  new Manifest<V1Service>(chart, 'gateway-service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(nameOf('gateway'), 'gateway', v.gateway.service.annotations),
    spec: {
      type: v.gateway.service.type,
      ipFamilyPolicy: optional(v.ipFamilyPolicy),
      ipFamilies: when<string[]>(v.ipFamily, [v.ipFamily]),
      selector: selectorOf('gateway'),
      ports: [
        {
          name: 'http',
          port: v.gateway.service.port,
          targetPort: 'http',
          appProtocol: ternary(v.tls.enabled, 'https', 'http'),
        },
      ],
    },
  });

/** First it waits for requests to go elsewhere, then for those that are under way. */
const stopSeconds = add(v.gateway.drainSeconds, v.gateway.shutdownGraceSeconds);

const deployment = (chart: TemplateChart) =>
  new Manifest<V1Deployment>(chart, 'gateway-deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(nameOf('gateway'), 'gateway'),
    spec: {
      replicas: v.gateway.replicas,
      selector: { matchLabels: selectorOf('gateway') },
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: {
          labels: podLabelsOf('gateway', v.gateway),
          annotations: { ...spreadFields(v.gateway.podAnnotations) },
        },
        spec: {
          ...podSettings(v.gateway, graceSeconds(stopSeconds)),
          serviceAccountName: names.gatewayServiceAccount,
          topologySpreadConstraints: spreadSoftly('gateway', v.gateway),
          initContainers: fillingContainers,
          containers: [container],
          volumes,
        },
      },
    },
  });

const container: Templated<V1Container> = {
  name: 'gateway',
  ...appImageFields,
  args: ['gateway'],
  ports: appPorts,
  env: [
    ...appEnv(v.gateway.logLevel, `${mul(stopSeconds, 1000)}`),
    { name: environmentNames.MOORLINE_DRAIN_MS, value: `${mul(v.gateway.drainSeconds, 1000)}` },
    { name: environmentNames.MOORLINE_TOKEN_FILE, value: `${paths.secrets}/${secretKeys.gatewayToken}` },
    { name: environmentNames.MOORLINE_TOKENS_FILE, value: `${paths.tokens}/${tokensKey}` },
    ...gatewayTls.env,
    { name: environmentNames.MOORLINE_MAX_BODY_BYTES, value: `${v.gateway.maxBodyBytes}` },
    ...liveMessaging.env,
    spread(verbatim<V1EnvVar[]>(v.gateway.extraEnv)),
  ],
  ...appProbes.gateway,
  resources: resources.gateway,
  securityContext: containerSecurity,
  volumeMounts: [
    secretsMount,
    { name: 'tokens', mountPath: paths.tokens, readOnly: true },
    clientTls.mount,
    gatewayTls.mount,
    ...liveMessaging.mounts,
    externalMount,
  ],
};

const volumes = partial<V1Volume[]>('moorline.gateway.volumes', [
  {
    name: 'secrets',
    secret: {
      secretName: names.secret,
      // The pod that has to fill it cannot wait for it to be filled.
      optional: when<boolean>(hasGeneratedPasswords, true),
      defaultMode: secretMode,
      items: [tokenItem, ...appPasswordItems],
    },
  },
  {
    name: 'tokens',
    secret: {
      secretName: orElse(v.auth.tokensSecret, names.secret),
      defaultMode: secretMode,
      optional: true,
      items: [{ key: tokensKey, path: tokensKey }],
    },
  },
  clientTls.volumeOfGateway,
  gatewayTls.volume,
  ...liveMessaging.volumes,
  externalVolume,
  when(isFilled, tokenVolume),
]);
/** The named templates of the chart. */
export const gatewayPartials = [volumes];
