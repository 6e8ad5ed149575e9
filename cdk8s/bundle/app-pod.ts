import type { V1EnvVar, V1Probe, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { environmentNames, type EnvironmentName } from '../../app/config/index.js';
import { and, eq, ne, not, or, partial, when, type Expr, type Text } from '../template/index.js';
import type { Values } from '../values/index.js';
import { hasUsers, isExternalMode, isSentinelMode, v } from './inputs.js';
import { appImage, ports, redisUri } from './names.js';
import { paths, secretKeys, secretMode } from './paths.js';
import { fieldEnv, httpProbe, limitEnv } from './pod.js';
import { appPasswordKey } from './secrets.js';
import { clientTls } from './tls-files.js';

// What gateway and worker have in common: one image, one environment (app/config), the same probes.

export const appImageFields = {
  image: appImage,
  imagePullPolicy: v.image.pullPolicy,
};

const hasDualStack = and(v.ipFamilyPolicy, ne(v.ipFamilyPolicy, 'SingleStack'));

/** Of those who work with the queue. */
export const appEnv = (logLevel: Expr<Values['gateway']['logLevel']>, shutdownGraceMs: Text) => [
  when<V1EnvVar>(hasUsers, { name: environmentNames.REDIS_USER, value: 'moorline' }),
  redisPasswordFile(appPasswordKey),
  ...commonEnv(logLevel, shutdownGraceMs),
];

/** Of those who look after Redis. */
export const adminEnv = (logLevel: Expr<Values['gateway']['logLevel']>, shutdownGraceMs: Text) => [
  redisPasswordFile(secretKeys.redisPassword),
  ...commonEnv(logLevel, shutdownGraceMs),
];

const redisPasswordFile = (key: Text) =>
  when<V1EnvVar>(not(isExternalMode), {
    name: environmentNames.REDIS_PASSWORD_FILE,
    value: `${paths.secrets}/${key}`,
  });

const commonEnv = (logLevel: Expr<Values['gateway']['logLevel']>, shutdownGraceMs: Text) => [
  { name: environmentNames.REDIS_URI, value: redisUri },
  when<V1EnvVar>(isSentinelMode, {
    name: environmentNames.SENTINEL_PASSWORD_FILE,
    value: `${paths.secrets}/${secretKeys.sentinelPassword}`,
  }),
  ...clientTls.env,
  externalPassword(environmentNames.REDIS_PASSWORD_FILE, v.external.redisPasswordKey),
  externalPassword(environmentNames.SENTINEL_PASSWORD_FILE, v.external.sentinelPasswordKey),
  fieldEnv(environmentNames.SERVER_ID, 'metadata.uid'),
  fieldEnv(environmentNames.POD_NAME, 'metadata.name'),
  fieldEnv(environmentNames.POD_NAMESPACE, 'metadata.namespace'),
  fieldEnv(environmentNames.NODE_NAME, 'spec.nodeName'),
  limitEnv(environmentNames.CPU_LIMIT_MILLICORES, 'limits.cpu', '1m'),
  limitEnv(environmentNames.MEMORY_LIMIT_BYTES, 'limits.memory', '1'),
  when<V1EnvVar>(or(eq(v.ipFamily, 'IPv6'), hasDualStack), { name: environmentNames.MOORLINE_HOST, value: '::' }),
  { name: environmentNames.MOORLINE_PORT, value: `${ports.app}` },
  { name: environmentNames.MOORLINE_LOG_LEVEL, value: logLevel },
  { name: environmentNames.MOORLINE_SHUTDOWN_GRACE_MS, value: shutdownGraceMs },
];

const hasExternalSecret = and(isExternalMode, v.external.existingSecret);
const externalPassword = (name: EnvironmentName, key: Expr<string>) =>
  when<V1EnvVar>(and(hasExternalSecret, key), { name, value: `${paths.externalSecrets}/${key}` });

export const appPorts = [{ name: 'http', containerPort: ports.app }];

const probesOf = (component: 'gateway' | 'worker' | 'agent', scheme?: Expr<string | undefined>) => {
  const probe = (kind: string, path: string, timing: Parameters<typeof httpProbe>[1]) =>
    partial<V1Probe>(`moorline.${component}.${kind}`, httpProbe(path, timing, scheme));
  return {
    startupProbe: probe('startupProbe', '/livez', { periodSeconds: 2, failureThreshold: 60 }),
    livenessProbe: probe('livenessProbe', '/livez', { periodSeconds: 10, failureThreshold: 6 }),
    readinessProbe: probe('readinessProbe', '/readyz', { periodSeconds: 5, failureThreshold: 2 }),
  };
};
/** Alive does not ask Redis: an outage of Redis must not restart the application. */
export const appProbes = {
  gateway: probesOf('gateway', when<string>(v.tls.enabled, 'HTTPS')),
  worker: probesOf('worker'),
  agent: probesOf('agent'),
};
export const probePartials = Object.values(appProbes).flatMap((probes) => Object.values(probes));

export const secretsMount = { name: 'secrets', mountPath: paths.secrets, readOnly: true };

export const externalMount = when<V1VolumeMount>(hasExternalSecret, {
  name: 'external-secrets',
  mountPath: paths.externalSecrets,
  readOnly: true,
});
export const externalVolume = when<V1Volume>(hasExternalSecret, {
  name: 'external-secrets',
  secret: { secretName: v.external.existingSecret, defaultMode: secretMode },
});
