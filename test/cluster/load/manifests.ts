import { readdirSync, readFileSync } from 'node:fs';

export const loadName = 'load';
export const journalDir = '/var/lib/load';
const port = 8080;
const labels = { app: loadName };

/** Values of the chart: the worker pushes jobs to the load, and may reach it. */
export const pushSettings: readonly string[] = [
  `worker.push.pushed=http://${loadName}:${port}/`,
  `networkPolicy.worker.egress=${JSON.stringify([{ to: [{ podSelector: { matchLabels: labels } }] }])}`,
];

export interface LoadOptions {
  readonly image: string;
  readonly gatewayUrl: string;
  /** The name in its certificate, where it has one. */
  readonly gatewayName: string;
  readonly secret: string;
}

/** One load pod on each node: a drain leaves those of a DaemonSet alone, and where a node is lost the others go on. */
export function loadManifests(options: LoadOptions): readonly object[] {
  return [program(), service, daemonSet(options)];
}

/** The compiled program, which needs nothing but Node. */
function program(): object {
  const directory = new URL('pod/', import.meta.url);
  const files = readdirSync(directory).filter((name) => name.endsWith('.js'));
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: loadName },
    data: {
      ...Object.fromEntries(files.map((name) => [name, readFileSync(new URL(name, directory), 'utf8')])),
      'package.json': '{"type":"module"}',
    },
  };
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: loadName },
  spec: { selector: labels, ports: [{ port }] },
};

const daemonSet = (options: LoadOptions) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: loadName },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 0,
        tolerations: [{ operator: 'Exists' }],
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10001,
          fsGroup: 10001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [container(options)],
        volumes: [
          { name: 'program', configMap: { name: loadName } },
          { name: 'token', secret: { secretName: options.secret, defaultMode: 0o440 } },
          {
            name: 'authority',
            secret: {
              secretName: `${options.gatewayName}-tls`,
              items: [{ key: 'ca.crt', path: 'ca.crt' }],
              optional: true,
              defaultMode: 0o440,
            },
          },
          { name: 'journal', emptyDir: {} },
        ],
      },
    },
  },
});

const container = ({ image, gatewayUrl, gatewayName }: LoadOptions) => ({
  name: 'load',
  image,
  imagePullPolicy: 'IfNotPresent',
  command: ['node', '/opt/load/main.js'],
  env: [
    { name: 'GATEWAY_URL', value: gatewayUrl },
    { name: 'GATEWAY_NAME', value: gatewayName },
    ...(gatewayUrl.startsWith('https:') ? [{ name: 'NODE_EXTRA_CA_CERTS', value: '/opt/authority/ca.crt' }] : []),
    { name: 'TOKEN_FILE', value: '/opt/token/gateway-token' },
    { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'JOURNAL_DIR', value: journalDir },
    { name: 'PORT', value: `${port}` },
  ],
  readinessProbe: { httpGet: { path: '/', port }, periodSeconds: 1 },
  // Or it would be the first to wait where the machine is busy, and seem to wait for the release.
  resources: { requests: { cpu: '200m', memory: '64Mi' } },
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  volumeMounts: [
    { name: 'program', mountPath: '/opt/load' },
    { name: 'token', mountPath: '/opt/token' },
    { name: 'authority', mountPath: '/opt/authority' },
    { name: 'journal', mountPath: journalDir },
  ],
});
