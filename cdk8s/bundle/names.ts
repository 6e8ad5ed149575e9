import { roleLabel } from '../../app/config/index.js';
import {
  chart,
  contains,
  helper,
  joinEach,
  matches,
  mergeMaps,
  orElse,
  partial,
  range,
  release,
  replace,
  sha256,
  spreadFields,
  ternary,
  truncate,
  when,
  type Expr,
  type Refs,
  type Text,
} from '../template/index.js';
import type { Values } from '../values/index.js';
import { isExternalMode, isRedisTls, isSentinelMode, isStandaloneMode, v } from './inputs.js';

// The only place that builds a name, a label or an address.

export type Component = 'redis' | 'sentinel' | 'gateway' | 'worker' | 'agent' | 'test';

export const ports = { redis: 6379, sentinel: 26379, app: 8080 } as const;

const base = orElse(v.nameOverride, chart.name);
export const chartName = helper('moorline.name', truncate(base, 63));

/** Helm takes dots in the name of a release, a Service does not. */
const releaseName = replace(release.name, '.', '-');
export const longName = helper(
  'moorline.longname',
  when<string>(
    v.fullnameOverride,
    v.fullnameOverride,
    when<string>(contains(releaseName, base), releaseName, `${releaseName}-${base}`),
  ),
);
/**
 * The prefix of every object of the release. At most 40 characters, so that the longest name made of it still fits into a label;
 * a longer one ends in a hash, so that two long release names stay apart.
 */
export const fullname = helper(
  'moorline.fullname',
  when<string>(
    matches('^[a-z0-9-]{41,}$', longName),
    `${truncate(longName, 33)}-${truncate(sha256(longName), 6)}`,
    longName,
  ),
);

export const nameOf = (component: Component): string => `${fullname}-${component}`;
/** A pod of a StatefulSet and the Service that gives it its address have the same name. */
export const podName = (component: 'redis' | 'sentinel', ordinal: Expr<number>): string =>
  `${nameOf(component)}-${ordinal}`;
export const secretName = helper(
  'moorline.secretName',
  when<string>(v.auth.existingSecret, v.auth.existingSecret, `${fullname}-auth`),
);
export const names = {
  secret: secretName,
  generatedSecret: `${fullname}-auth`,
  serviceAccount: `${fullname}`,
  gatewayServiceAccount: `${fullname}-gateway`,
  connection: `${fullname}-connection`,
  scripts: `${fullname}-scripts`,
  redisConfig: `${fullname}-redis`,
  sentinelConfig: `${fullname}-sentinel`,
  handlers: `${fullname}-handlers`,
  agentServiceAccount: `${fullname}-agent`,
  agentLease: `${fullname}-agent`,
  topology: `${fullname}-topology`,
  primaryService: `${fullname}-redis-primary`,
  replicasService: `${fullname}-redis-replicas`,
};

/** The Secrets with the certificates; the authority is ours alone. */
export const tlsSecrets = {
  redis: helper('moorline.redisTlsSecret', orElse(v.tls.existingSecrets.redis, `${fullname}-redis-tls`)),
  gateway: helper('moorline.gatewayTlsSecret', orElse(v.tls.existingSecrets.gateway, `${fullname}-gateway-tls`)),
  authority: `${fullname}-authority`,
};

/** Sentinel's name of the primary; no other release in the cluster has the same, so two sets of Sentinels can never merge. */
export const primaryName = `${release.namespace}-${fullname}`;

/** The name of a Service for clients in other namespaces; absolute, so that no search list is tried. */
export const hostOf = (service: string): string => `${service}.${release.namespace}.svc.${v.clusterDomain}`;

/** Standalone is one node, whatever the number of replicas says. */
export const redisReplicas = ternary(isSentinelMode, v.redis.replicas, 1);

const endpoints = (component: 'redis' | 'sentinel', count: Expr<number> | number, separator: string): Expr<string> =>
  joinEach(range(count), (ordinal) => `${hostOf(podName(component, ordinal))}:${ports[component]}`, separator);

/** The name that every client of Redis and Sentinel checks: what they are told are addresses. */
export const redisServerName = helper('moorline.redisHost', hostOf(nameOf('redis')));
/** For clients that neither Sentinel nor a fixed name is told to: they find the name of the Service. */
export const primaryHost = helper('moorline.primaryHost', hostOf(names.primaryService));
const sentinelHost = helper('moorline.sentinelHost', hostOf(nameOf('sentinel')));
const gatewayHost = helper('moorline.gatewayHost', hostOf(nameOf('gateway')));
/** What the certificates are for; `localhost` is the end of a forwarded port. */
export const certificateNames = {
  redis: [redisServerName, primaryHost, sentinelHost, 'localhost'],
  gateway: [gatewayHost, nameOf('gateway'), 'localhost'],
};
const certificateNamesText = {
  redis: helper('moorline.redisCertificateNames', certificateNames.redis.map((name) => `${name}`).join(',')),
  gateway: helper('moorline.gatewayCertificateNames', certificateNames.gateway.map((name) => `${name}`).join(',')),
};
/** A Secret and what its certificate is for, as one word. */
export const certificateArguments = {
  redis: helper('moorline.redisCertificate', `${tlsSecrets.redis}=${certificateNamesText.redis}`),
  gateway: helper('moorline.gatewayCertificate', `${tlsSecrets.gateway}=${certificateNamesText.gateway}`),
};
export const certificateHelpers = [...Object.values(certificateNamesText), ...Object.values(certificateArguments)];

export const redisNodes = helper('moorline.redisNodes', endpoints('redis', redisReplicas, ' '));
export const sentinelNodes = helper('moorline.sentinelNodes', endpoints('sentinel', v.sentinel.replicas, ' '));
export const sentinelHosts = helper('moorline.sentinelHosts', endpoints('sentinel', v.sentinel.replicas, ','));

/** The pods of Redis in a role; the agent gives them the label. */
export const roleSelectorOf = (role: 'primary' | 'replica') => ({ ...selectorOf('redis'), [roleLabel]: role });

const redisScheme = helper('moorline.scheme', ternary(isRedisTls, 'rediss', 'redis'));
/** Where the application finds Redis, in every mode. */
export const redisUri = helper(
  'moorline.redisUri',
  when<string>(
    isExternalMode,
    v.external.uri,
    when<string>(
      isStandaloneMode,
      `${redisScheme}://${hostOf(`${nameOf('redis')}-0`)}:${ports.redis}`,
      `${redisScheme}+sentinel://${sentinelHosts}/${primaryName}`,
    ),
  ),
);

/** Where the NetworkPolicies expect an external Redis. */
export const externalPorts = helper(
  'moorline.externalPorts',
  joinEach(v.networkPolicy.external.ports, (port) => `${port}`, ' ', 'port'),
);

/** The external URI without the ports that everybody uses, each of which ends at a comma or a slash. */
export const unusualPorts = helper(
  'moorline.unusualPorts',
  [':6379,', ':6379/', ':26379,', ':26379/'].reduce<Text>(
    (uri, port) => replace(uri, port, port.slice(-1)),
    `${v.external.uri}/`,
  ),
);

export const gatewayUrl = helper(
  'moorline.gatewayUrl',
  `${ternary(v.tls.enabled, 'https', 'http')}://${gatewayHost}:${v.gateway.service.port}`,
);

/** Named templates that others are made of. */
export const partsOfAddresses = [redisServerName, primaryHost, sentinelHost, gatewayHost, redisScheme];

/** Annotations of a StatefulSet: what its volumes were asked for, in the words of the values. */
export const volumeKeys = { size: 'moorline.dev/volume-size', storageClass: 'moorline.dev/storage-class' } as const;

/** What selects all pods of the release. */
export const releaseSelector = {
  'app.kubernetes.io/name': chartName,
  'app.kubernetes.io/instance': release.name,
};
export const componentLabel = 'app.kubernetes.io/component';
/** What selects the pods of a component, and nothing of another release. */
export const selectorOf = (component: Component) => ({ ...releaseSelector, [componentLabel]: component });
/** Pods of others that use this Redis carry it, with the full name of the release as its value. */
export const clientLabel = 'moorline-client';

const versionLabels = {
  'app.kubernetes.io/version': chart.appVersion,
  'app.kubernetes.io/part-of': 'moorline',
  'app.kubernetes.io/managed-by': release.service,
  'helm.sh/chart': truncate(`${chart.name}-${replace(chart.version, '+', '_')}`, 63),
};

type LabelMap = Record<string, string>;
const labelsPartial = (name: string, own: Readonly<Record<string, Text>>) =>
  partial<LabelMap>(name, { ...own, ...versionLabels, ...spreadFields(v.commonLabels) });

/** Labels of what the components share. */
const sharedLabels = labelsPartial('moorline.labels', releaseSelector);
/** Labels of every object of a component. */
const componentLabels: Readonly<Record<Component, Expr<LabelMap>>> = {
  redis: labelsPartial('moorline.redis.labels', selectorOf('redis')),
  sentinel: labelsPartial('moorline.sentinel.labels', selectorOf('sentinel')),
  gateway: labelsPartial('moorline.gateway.labels', selectorOf('gateway')),
  worker: labelsPartial('moorline.worker.labels', selectorOf('worker')),
  agent: labelsPartial('moorline.agent.labels', selectorOf('agent')),
  test: labelsPartial('moorline.test.labels', selectorOf('test')),
};
export const labelPartials = [sharedLabels, ...Object.values(componentLabels)];

/** Pods do not carry the version of the chart, or every new version would roll them. */
export const podLabelsOf = (component: Component, section: { readonly podLabels: Expr<Record<string, string>> }) => ({
  ...selectorOf(component),
  ...spreadFields(mergeMaps(section.podLabels, v.commonLabels)),
});

export const metadataOf = (
  name: string | Expr<string>,
  component?: Component,
  annotations?: Expr<Record<string, string>>,
) => ({
  name,
  namespace: release.namespace,
  labels: component === undefined ? sharedLabels : componentLabels[component],
  annotations: spreadFields(
    annotations === undefined ? v.commonAnnotations : mergeMaps(annotations, v.commonAnnotations),
  ),
});

type Image = Refs<Values['image']>;
/** A field beside any others that a parent chart may give. */
const globalRegistry = (v.global as Expr as Refs<{ imageRegistry: string }>).imageRegistry;

/** `registry/repository`. */
const repository = (name: string, image: Image): Expr<string> => {
  const registry = orElse(globalRegistry, image.registry);
  return helper(name, when<string>(registry, `${registry}/${image.repository}`, image.repository));
};
export const redisRepository = repository('moorline.redisRepository', v.redis.image);
export const appRepository = repository('moorline.repository', v.image);

/** By the digest where one is given: that is the same image for ever. */
const reference = (repositoryOf: Expr<string>, image: Image, tag: Expr<string>): Expr<string> =>
  when<string>(image.digest, `${repositoryOf}@${image.digest}`, `${repositoryOf}:${tag}`);

/** Redis and Sentinel. */
export const redisImage = helper('moorline.redisImage', reference(redisRepository, v.redis.image, v.redis.image.tag));
/** Gateway, worker and agent; of the version of the chart where the values leave it open. */
export const appImage = helper(
  'moorline.image',
  reference(appRepository, v.image, orElse(v.image.tag, chart.appVersion)),
);
