import type { V1Container, V1KeyToPath, V1Pod } from '@kubernetes/client-node';
import type { Construct } from 'constructs';
import { environmentNames } from '../../app/config/index.js';
import { gt, Manifest, optional, or, TemplateChart, when, type Context, type Templated } from '../template/index.js';
import { appImageFields } from './app-pod.js';
import { v } from './inputs.js';
import { gatewayUrl, metadataOf, nameOf, names } from './names.js';
import { paths, secretKeys, secretMode } from './paths.js';
import { containerSecurity, podSecurity } from './pod.js';
import { appPresets } from './resources.js';
import { gatewayAuthority } from './tls-files.js';

/** What `helm test` runs; it exists in the chart alone. */
export class HelmTest extends TemplateChart {
  constructor(scope: Construct, id: string, context: Context) {
    super(scope, id, context);
    new Manifest<V1Pod>(this, 'job', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...metadataOf(nameOf('test'), 'test'),
        annotations: { 'helm.sh/hook': 'test', 'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded' },
      },
      spec: {
        restartPolicy: 'Never',
        serviceAccountName: names.serviceAccount,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        imagePullSecrets: optional(v.imagePullSecrets),
        securityContext: podSecurity,
        containers: [container],
        volumes: [
          { name: 'token', secret: { secretName: names.secret, defaultMode: secretMode, items: [tokenItem] } },
          gatewayAuthority.volume,
        ],
      },
    });
  }
}

const tokenItem: Templated<V1KeyToPath> = { key: secretKeys.gatewayToken, path: secretKeys.gatewayToken };

/** Puts a job through; where no worker runs, it goes as far as the queue. */
const container: Templated<V1Container> = {
  name: 'job',
  ...appImageFields,
  args: [
    'enqueue',
    'moorline-check',
    '{"from":"helm test"}',
    when(or(v.worker.autoscaling.enabled, gt(v.worker.replicas, 0)), '--wait'),
    '--timeout-ms=60000',
  ],
  env: [
    { name: environmentNames.MOORLINE_URL, value: gatewayUrl },
    gatewayAuthority.env,
    { name: environmentNames.MOORLINE_TOKEN_FILE, value: `${paths.secrets}/${secretKeys.gatewayToken}` },
  ],
  resources: appPresets.small,
  securityContext: containerSecurity,
  volumeMounts: [{ name: 'token', mountPath: paths.secrets, readOnly: true }, gatewayAuthority.mount],
};
