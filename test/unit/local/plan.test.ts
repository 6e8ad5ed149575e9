import { expect, test } from '@jest/globals';
import { homeAt } from '../../../cdk8s/local/home.js';
import { planProcesses, type PlannedProcess, type Surroundings } from '../../../cdk8s/local/plan/plan.js';
import type { Manifest } from '../../../cdk8s/local/plan/kubernetes.js';
import { podsOf } from '../../../cdk8s/local/plan/pods.js';
import { sample } from './sample.js';

const surroundings: Surroundings = {
  home: homeAt('/home/me/.moorline'),
  ports: { 'redis-0': { redis: 20001 }, 'redis-1': { redis: 20002 }, 'gateway-0': { http: 20003 } },
  machine: { nodeName: 'laptop', uidOf: (pod) => `uid-of-${pod.name}` },
  readSecret: (key) => `value-of-${key}`,
  appCommand: ['node', '/repo/build/app/main.js'],
  defaultEnvironment: { gateway: { MOORLINE_LOG_LEVEL: 'warn' } },
};

const run = '/home/me/.moorline/run';

test('replicas become processes named by component and ordinal', () => {
  expect(plan().map(({ name }) => name)).toEqual(['redis-0', 'redis-1', 'gateway-0']);
});

test('a command runs as it is, with the mounted script found on this machine', () => {
  expect(planned('redis-0').command).toEqual(['sh', `${run}/redis-0/scripts/redis-start.sh`]);
});

test('a container without a command runs the entrypoint of the app with its arguments', () => {
  expect(planned('gateway-0').command).toEqual(['node', '/repo/build/app/main.js', 'gateway']);
});

test('the environment of a Redis pod speaks of local addresses and directories', () => {
  expect(planned('redis-1').environment).toEqual({
    POD_NAME: 'm-redis-1',
    REDIS_NODES: '127.0.0.1:20001 127.0.0.1:20002',
    DATA_DIR: '/home/me/.moorline/data/redis-1',
    RUN_DIR: `${run}/redis-1/run`,
    REDIS_PASSWORD_FILE: `${run}/redis-1/secrets/redis-password`,
    MEMORY_LIMIT_BYTES: String(512 * 1024 * 1024),
    BIND_ADDRESSES: '127.0.0.1',
  });
});

test('the app listens on loopback at its local port and reaches Redis there', () => {
  expect(planned('gateway-0').environment).toEqual({
    REDIS_URI: 'redis://127.0.0.1:20001,127.0.0.1:20002/0',
    SERVER_ID: 'uid-of-gateway-0',
    MOORLINE_HOST: '127.0.0.1',
    MOORLINE_PORT: '20003',
    MOORLINE_TOKEN: 'value-of-gateway-token',
    MOORLINE_LOG_LEVEL: 'warn',
  });
});

test('probes by command and by HTTP say when a process is ready', () => {
  expect(planned('redis-0').readiness).toEqual({
    kind: 'command',
    command: ['sh', `${run}/redis-0/scripts/redis-ready.sh`],
    timeoutMs: 10_000,
  });
  expect(planned('gateway-0').readiness).toEqual({
    kind: 'http',
    url: 'http://127.0.0.1:20003/readyz',
    timeoutMs: 5000,
  });
});

test('ConfigMaps and Secrets become files; only ConfigMaps speak of paths', () => {
  expect(planned('redis-0').files).toEqual([
    {
      path: `${run}/redis-0/config/redis.conf`,
      text: `appendonly yes\n# data lives in /home/me/.moorline/data/redis-0\naclfile ${run}/redis-0/run/users.acl\n`,
      secret: false,
    },
    { path: `${run}/redis-0/scripts/redis-start.sh`, text: '. "$(dirname "$0")/lib.sh"\n', secret: false },
    { path: `${run}/redis-0/scripts/lib.sh`, text: 'true\n', secret: false },
    { path: `${run}/redis-0/secrets/redis-password`, text: 'value-of-redis-password', secret: true },
  ]);
});

test('a secret that looks like a path stays what it is', () => {
  const processes = planProcesses(sample, podsOf(sample), { ...surroundings, readSecret: () => '/data' });
  expect(processes[0]?.files.find(({ secret }) => secret)?.text).toBe('/data');
});

test('only the claimed volume is kept with the data', () => {
  expect(planned('redis-0').directories).toEqual([
    '/home/me/.moorline/data/redis-0',
    ...['run', 'config', 'scripts', 'secrets'].map((volume) => `${run}/redis-0/${volume}`),
  ]);
});

test.each<[string, object, RegExp]>([
  ['two containers in a pod', { containers: [{ name: 'a' }, { name: 'b' }] }, /m-x: expected one container a pod/],
  ['envFrom', container({ envFrom: [{ configMapRef: { name: 'c' } }] }), /m-x-0: envFrom is not supported/],
  ['no port', container({ ports: [] }), /m-x-0: expected a container port/],
  ['no probe', container({ readinessProbe: undefined }), /expected a readiness probe/],
  [
    'an unknown volume kind',
    { ...container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }), volumes: [{ name: 'v', hostPath: {} }] },
    /the kind of the volume v is not supported/,
  ],
  [
    'a Secret without named keys',
    {
      ...container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      volumes: [{ name: 'v', secret: { secretName: 's' } }],
    },
    /the Secret s is mounted without naming its keys/,
  ],
  ['a missing limit', container({ env: [limit('limits.cpu')] }), /LIMIT from limits.cpu, which is not set/],
])('%s is refused with the name of the pod', (_title, podSpec, message) => {
  expect(() => planOf([deployment(podSpec)])).toThrow(message);
});

function plan(): PlannedProcess[] {
  return planOf(sample);
}

function planOf(manifests: Manifest[]): PlannedProcess[] {
  const ports = { ...surroundings.ports, 'x-0': portsOfX(manifests) };
  return planProcesses(manifests, podsOf(manifests), { ...surroundings, ports });
}

const portsOfX = (manifests: Manifest[]): Record<string, number> =>
  podsOf(manifests).some(({ container: { ports } }) => ports?.length === 0) ? {} : { http: 20004 };

function planned(name: string): PlannedProcess {
  const found = plan().find((process) => process.name === name);
  if (found === undefined) throw new Error(`no process ${name}`);
  return found;
}

function deployment(podSpec: object): Manifest {
  const template = { metadata: { labels: { 'app.kubernetes.io/component': 'x' } }, spec: podSpec };
  return { kind: 'Deployment', metadata: { name: 'm-x' }, ...{ spec: { template } } };
}

function container(fields: object): object {
  const sound = { ports: [{ name: 'http', containerPort: 80 }], readinessProbe: { httpGet: { port: 'http' } } };
  return { containers: [{ name: 'x', ...sound, ...fields }] };
}

function limit(resource: string): object {
  return { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource } } };
}
