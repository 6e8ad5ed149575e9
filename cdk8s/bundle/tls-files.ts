import type { V1EnvVar, V1KeyToPath, V1SecretVolumeSource, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { environmentNames } from '../../app/config/index.js';
import { partial, when, type Expr, type ListItem, type Templated } from '../template/index.js';
import { hasGeneratedCertificates, isRedisTls, v } from './inputs.js';
import { redisServerName, tlsSecrets } from './names.js';
import { paths, secretMode, tlsKeys } from './paths.js';

// Which pod has which part of which certificate.

const item = (key: string): Templated<V1KeyToPath> => ({ key, path: key });
const certificate = (
  name: string,
  of: 'redis' | 'gateway',
  keys: readonly string[],
  isOptional?: Expr<boolean | undefined>,
) =>
  partial<V1SecretVolumeSource>(name, {
    secretName: tlsSecrets[of],
    optional: isOptional,
    defaultMode: secretMode,
    items: keys.map(item),
  });

/** A pod that has to make the certificate first cannot wait for it to be there. */
const untilMade = when<boolean>(hasGeneratedCertificates, true);

const { certificate: crt, key, authority } = tlsKeys;
const secrets = {
  server: certificate('moorline.tls.server', 'redis', [crt, key, authority]),
  client: certificate('moorline.tls.client', 'redis', [authority]),
  gatewayAsClient: certificate('moorline.tls.gatewayAsClient', 'redis', [authority], untilMade),
  gateway: certificate('moorline.tls.gateway', 'gateway', [crt, key], untilMade),
  gatewayAuthority: certificate('moorline.tls.gatewayAuthority', 'gateway', [authority]),
};
/** The named templates of the chart. */
export const tlsPartials = Object.values(secrets);

/** Redis and Sentinel. */
export const serverTls = {
  env: when<V1EnvVar>(isRedisTls, { name: 'TLS_DIR', value: paths.redisTls }),
  mount: when<V1VolumeMount>(isRedisTls, { name: 'redis-tls', mountPath: paths.redisTls, readOnly: true }),
  volume: when<V1Volume>(isRedisTls, { name: 'redis-tls', secret: secrets.server }),
};

/** Clients of Redis: they check a name, since what they are told are addresses. */
export const clientTls = {
  env: [
    when<V1EnvVar>(isRedisTls, {
      name: environmentNames.REDIS_TLS_CA_FILE,
      value: `${paths.redisTls}/${tlsKeys.authority}`,
    }),
    when<V1EnvVar>(isRedisTls, { name: environmentNames.REDIS_TLS_SERVERNAME, value: redisServerName }),
  ],
  mount: serverTls.mount,
  volume: when<V1Volume>(isRedisTls, { name: 'redis-tls', secret: secrets.client }),
  volumeOfGateway: when<V1Volume>(isRedisTls, { name: 'redis-tls', secret: secrets.gatewayAsClient }),
};

/** What the gateway shows to its clients. */
export const gatewayTls = {
  env: [
    when<V1EnvVar>(v.tls.enabled, {
      name: environmentNames.MOORLINE_TLS_CERT_FILE,
      value: `${paths.gatewayTls}/${tlsKeys.certificate}`,
    }),
    when<V1EnvVar>(v.tls.enabled, {
      name: environmentNames.MOORLINE_TLS_KEY_FILE,
      value: `${paths.gatewayTls}/${tlsKeys.key}`,
    }),
  ] satisfies ListItem<V1EnvVar>[],
  mount: when<V1VolumeMount>(v.tls.enabled, { name: 'gateway-tls', mountPath: paths.gatewayTls, readOnly: true }),
  volume: when<V1Volume>(v.tls.enabled, { name: 'gateway-tls', secret: secrets.gateway }),
};

/** Clients of the gateway. */
export const gatewayAuthority = {
  env: when<V1EnvVar>(v.tls.enabled, {
    name: 'NODE_EXTRA_CA_CERTS',
    value: `${paths.gatewayTls}/${tlsKeys.authority}`,
  }),
  mount: gatewayTls.mount,
  volume: when<V1Volume>(v.tls.enabled, { name: 'gateway-tls', secret: secrets.gatewayAuthority }),
};
