import type { Manifest } from '../../../cdk8s/local/plan/kubernetes.js';

const namespace = 'shop';

/** A bundle in small: two stateful pods that know each other, an app that reads them, and what they mount. */
export const sample: Manifest[] = [
  configMap('m-config', { 'redis.conf': 'appendonly yes\n# data lives in /data\naclfile /run/moorline/users.acl\n' }),
  configMap('m-scripts', { 'redis-start.sh': '. "$(dirname "$0")/lib.sh"\n', 'lib.sh': 'true\n' }),
  { kind: 'Secret', metadata: { name: 'm-auth', namespace } },
  service('m-redis-0', { 'statefulset.kubernetes.io/pod-name': 'm-redis-0' }, 6379, 'redis'),
  service('m-redis-1', { 'statefulset.kubernetes.io/pod-name': 'm-redis-1' }, 6379, 6379),
  service('m-gateway', { 'app.kubernetes.io/component': 'gateway' }, 80, 'http'),
  workload('StatefulSet', 'redis', 2, {
    containers: [
      {
        name: 'redis',
        command: ['sh', '/scripts/redis-start.sh'],
        ports: [{ name: 'redis', containerPort: 6379 }],
        readinessProbe: { exec: { command: ['sh', '/scripts/redis-ready.sh'] }, timeoutSeconds: 10 },
        resources: { limits: { memory: '512Mi', cpu: '500m' } },
        env: [
          { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'REDIS_NODES', value: 'm-redis-0.shop.svc.cluster.local:6379 m-redis-1.shop.svc.cluster.local:6379' },
          { name: 'DATA_DIR', value: '/data' },
          { name: 'RUN_DIR', value: '/run/moorline' },
          { name: 'REDIS_PASSWORD_FILE', value: '/secrets/redis-password' },
          {
            name: 'MEMORY_LIMIT_BYTES',
            valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1' } },
          },
        ],
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'run', mountPath: '/run/moorline' },
          { name: 'config', mountPath: '/config' },
          { name: 'scripts', mountPath: '/scripts' },
          { name: 'secrets', mountPath: '/secrets' },
        ],
      },
    ],
    volumes: [
      { name: 'run', emptyDir: { medium: 'Memory' } },
      { name: 'config', configMap: { name: 'm-config' } },
      { name: 'scripts', configMap: { name: 'm-scripts', defaultMode: 0o555 } },
      {
        name: 'secrets',
        secret: { secretName: 'm-auth', items: [{ key: 'redis-password', path: 'redis-password' }] },
      },
    ],
  }),
  workload('Deployment', 'gateway', 1, {
    initContainers: [{ name: 'secrets', args: ['secrets'] }],
    containers: [
      {
        name: 'gateway',
        args: ['gateway'],
        ports: [{ name: 'http', containerPort: 8080 }],
        readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
        env: [
          { name: 'REDIS_URI', value: 'redis://m-redis-0.shop.svc:6379,m-redis-1:6379/0' },
          { name: 'SERVER_ID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
          { name: 'MOORLINE_PORT', value: '8080' },
          { name: 'MOORLINE_TOKEN', valueFrom: { secretKeyRef: { name: 'm-auth', key: 'gateway-token' } } },
        ],
      },
    ],
  }),
];

function configMap(name: string, data: Record<string, string>): Manifest {
  return { kind: 'ConfigMap', metadata: { name, namespace }, ...{ data } };
}

function service(name: string, selector: object, port: number, targetPort: number | string): Manifest {
  return { kind: 'Service', metadata: { name, namespace }, ...{ spec: { selector, ports: [{ port, targetPort }] } } };
}

function workload(kind: string, component: string, replicas: number, podSpec: object): Manifest {
  const spec = {
    replicas,
    template: { metadata: { labels: { 'app.kubernetes.io/component': component } }, spec: podSpec },
    ...(kind === 'StatefulSet' && { volumeClaimTemplates: [{ metadata: { name: 'data' } }] }),
  };
  return { kind, metadata: { name: `m-${component}`, namespace }, ...{ spec } };
}
