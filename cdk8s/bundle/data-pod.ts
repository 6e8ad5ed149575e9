import type { V1EnvVar, V1ProjectedVolumeSource, V1Volume } from '@kubernetes/client-node';
import { ternary, type Expr, type ListItem, type Templated } from '../template/index.js';
import { isSentinelMode } from './inputs.js';
import { names, primaryName, redisNodes, sentinelNodes } from './names.js';
import { paths, secretKeys } from './paths.js';
import { serverTls } from './tls-files.js';
import { fieldEnv } from './pod.js';

// What the pods of Redis and Sentinel have in common: the environment, files and volumes of cdk8s/scripts.

export const dataEnv = [
  fieldEnv('POD_NAME', 'metadata.name'),
  { name: 'REDIS_MODE', value: ternary(isSentinelMode, 'sentinel', 'standalone') },
  { name: 'REDIS_NODES', value: redisNodes },
  { name: 'PRIMARY_NAME', value: primaryName },
  { name: 'CONFIG_DIR', value: paths.config },
  { name: 'DATA_DIR', value: paths.data },
  { name: 'RUN_DIR', value: paths.run },
  { name: 'REDIS_PASSWORD_FILE', value: `${paths.secrets}/${secretKeys.redisPassword}` },
  serverTls.env,
];

export const sentinelEnv: Templated<V1EnvVar>[] = [
  { name: 'SENTINEL_NODES', value: sentinelNodes },
  { name: 'SENTINEL_PASSWORD_FILE', value: `${paths.secrets}/${secretKeys.sentinelPassword}` },
];

export const dataMounts = [
  { name: 'config', mountPath: paths.config, readOnly: true },
  { name: 'scripts', mountPath: paths.scripts, readOnly: true },
  { name: 'secrets', mountPath: paths.secrets, readOnly: true },
  serverTls.mount,
  { name: 'data', mountPath: paths.data },
  { name: 'run', mountPath: paths.run },
];

export const dataVolumes = (config: string, passwords: Expr<V1ProjectedVolumeSource>): ListItem<V1Volume>[] => [
  { name: 'config', configMap: { name: config } },
  { name: 'scripts', configMap: { name: names.scripts } },
  { name: 'secrets', projected: passwords },
  serverTls.volume,
  { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
];
