import type { V1ConfigMap } from '@kubernetes/client-node';
import { Manifest, when, type TemplateChart } from '../template/index.js';
import { hasAgent, isExternalMode, isRedisTls, isSentinelMode, isStandaloneMode, v } from './inputs.js';
import {
  hostOf,
  metadataOf,
  nameOf,
  names,
  ports,
  primaryHost,
  primaryName,
  redisServerName,
  redisUri,
  sentinelHosts,
  tlsSecrets,
} from './names.js';
import { secretKeys, tlsKeys } from './paths.js';

/** For clients that do not speak with Sentinels: whoever is primary, where an agent tells. */
const host = when<string>(isStandaloneMode, hostOf(`${nameOf('redis')}-0`), when<string>(hasAgent, primaryHost, ''));

/**
 * How other applications reach Redis: the same keys in every mode, empty where a mode has no such thing. docs/connecting.md is their
 * contract.
 */
export const addConnection = (chart: TemplateChart) =>
  new Manifest<V1ConfigMap>(chart, 'connection-configmap', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(names.connection),
    data: {
      REDIS_URI: redisUri,
      REDIS_HOST: host,
      REDIS_PORT: when<string>(isExternalMode, '', `${ports.redis}`),
      REDIS_SENTINELS: when<string>(isSentinelMode, sentinelHosts, ''),
      REDIS_PRIMARY_NAME: when<string>(isSentinelMode, primaryName, ''),
      REDIS_TLS_SECRET: when<string>(isRedisTls, tlsSecrets.redis, ''),
      REDIS_TLS_CA_KEY: when<string>(isRedisTls, tlsKeys.authority, ''),
      REDIS_TLS_SERVERNAME: when<string>(isRedisTls, redisServerName, ''),
      REDIS_SECRET: when<string>(isExternalMode, v.external.existingSecret, names.secret),
      REDIS_PASSWORD_KEY: when<string>(isExternalMode, v.external.redisPasswordKey, secretKeys.redisPassword),
      SENTINEL_PASSWORD_KEY: when<string>(
        isExternalMode,
        v.external.sentinelPasswordKey,
        when<string>(isSentinelMode, secretKeys.sentinelPassword, ''),
      ),
    },
  });
