import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestRelease } from './support/release.js';
import { eventually } from './support/tools.js';

const image = 'docker.io/library/redis:8.0';
const release = new TestRelease();

beforeAll(async () => {
  await release.createNamespace();
  await release.install('gateway.replicas=1', 'worker.replicas=1', 'redis.persistence.size=1Gi');
  await Promise.all([startPod('stranger', {}), startPod('client', { 'moorline-client': release.fullname })]);
});
afterAll(() => release.deleteNamespace());

describe('under the NetworkPolicies', () => {
  test('a job goes through', async () => {
    await release.helm('test', release.name, '--timeout', '2m');
  });

  test('a pod of anybody reaches the gateway, and neither Redis nor Sentinel', async () => {
    expect(await connects('stranger', 'gateway', 8080)).toBe(true);
    // Policies take a moment to hold for a new pod.
    await eventually('Redis out of reach', 60_000, async () =>
      (await connects('stranger', 'redis-0', 6379)) ? undefined : true,
    );
    expect(await connects('stranger', 'sentinel-0', 26379)).toBe(false);
  });

  test('a pod with the label of a client uses Redis by nothing but the contract', async () => {
    const answer = await eventually('an answer of the primary', 60_000, () =>
      release.exec('client', 'sh', '-c', 'redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" SET greeting hello'),
    );
    expect(answer.trim()).toBe('OK');
    const named = await release.exec('client', 'sh', '-c', askSentinel);
    expect(named).toContain(`${release.fullname}-redis-`);
  });
});

/** Of the first Sentinel, as a client that knows the contract alone. */
const askSentinel = `first=\${REDIS_SENTINELS%%,*}
REDISCLI_AUTH=$SENTINEL_PASSWORD redis-cli -h "\${first%:*}" -p "\${first##*:}" SENTINEL GET-MASTER-ADDR-BY-NAME "$REDIS_PRIMARY_NAME"`;

async function startPod(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  const secretEnv = (variable: string, key: string) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: `${release.fullname}-auth`, key } },
  });
  const spec = {
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name,
        image,
        command: ['sleep', '3600'],
        envFrom: [{ configMapRef: { name: `${release.fullname}-connection` } }],
        env: [secretEnv('REDISCLI_AUTH', 'redis-password'), secretEnv('SENTINEL_PASSWORD', 'sentinel-password')],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  };
  const labelled = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const labelArgs = labelled.length > 0 ? [`--labels=${labelled.join(',')}`] : [];
  const overrides = JSON.stringify({ spec });
  await release.kubectl('run', name, `--image=${image}`, ...labelArgs, `--overrides=${overrides}`);
  await release.kubectl('wait', `pod/${name}`, '--for=condition=Ready', '--timeout=120s');
}

/** Whether a pod gets a TCP connection to a Service of the release. */
async function connects(pod: string, service: string, port: number): Promise<boolean> {
  const target = `/dev/tcp/${release.fullname}-${service}/${port}`;
  const said = await release.exec(pod, 'bash', '-c', `timeout 3 bash -c '>${target}' && echo open || echo shut`);
  return said.trim() === 'open';
}
